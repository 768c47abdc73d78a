import type { Finding } from '#shared/model.ts';
import { countText } from '#shared/text/number-text.ts';
import { finding } from './pass.ts';

/** A node that a pass left alone, and the end of the sentence that says why. */
export type Skipped = { name: string; reason: string };

/** One finding for each reason. */
export function describeSkipped(skipped: readonly Skipped[], noun: string): Finding[] {
  return [...Map.groupBy(skipped, ({ reason }) => reason)].map(([reason, group]) =>
    finding(
      'info',
      'skipped',
      `${countText(group.length, noun)} stayed float32: ${reason}.`,
      group.map(({ name }) => name),
    ),
  );
}
