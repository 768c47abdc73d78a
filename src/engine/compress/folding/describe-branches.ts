import type { Finding } from '#shared/model.ts';
import { countText } from '#shared/text/number-text.ts';
import { finding } from '../pass.ts';

/** @param count of the If nodes that became their branches */
export function describeBranches(count: number): Finding[] {
  if (count === 0) return [];
  const message = `${countText(count, 'If')} took the same branch always, by a constant or by sizes that the model fixes: what the branch does stands in its place.`;
  return [finding('info', 'branches-inlined', message)];
}
