import type { Finding } from '#shared/model.ts';
import { countText } from '#shared/text/number-text.ts';
import { finding } from './pass.ts';

/** A node that a pass left alone, and the end of the sentence that says why. */
export type Skipped = { name: string; reason: string };

/** In a refusal: reasons beyond these help no one further. */
const MOST_REASONS = 3;

/** One finding for each reason. */
export function describeSkipped(skipped: readonly Skipped[], noun: string): Finding[] {
  return [...Map.groupBy(skipped, ({ reason }) => reason)].map(([reason, group]) =>
    finding(
      'info',
      'skipped',
      `${countText(group.length, noun)} stayed as ${group.length === 1 ? 'it was' : 'they were'}${becauseOf(reason, group.length)}.`,
      group.map(({ name }) => name),
    ),
  );
}

/** What is said of one, said of several, is said of each. */
function becauseOf(reason: string, count: number): string {
  return count > 1 && reason.startsWith('its ') ? `, each because ${reason}` : `: ${reason}`;
}

/** Sentences behind one that refuses a model, a space before each: why what it has stays as it is. Empty where it has nothing. */
export function explainSkipped(skipped: readonly Skipped[]): string {
  return [...Map.groupBy(skipped, ({ reason }) => reason)]
    .slice(0, MOST_REASONS)
    .map(([reason, [first, ...others]]) => {
      const more =
        others.length === 0 ? '' : `, as ${others.length === 1 ? 'does' : 'do'} ${countText(others.length, 'other')}`;
      return ` “${first?.name ?? ''}” stays as it is${more}: ${reason}.`;
    })
    .join('');
}
