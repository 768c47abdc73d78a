import { formatPercent } from './format.ts';
import type { DividedTime } from './operator-profile.ts';
import type { SpeedFinding } from './speed-finding.ts';
import { countText } from './text/number-text.ts';

const MOST_NAMES = 5;

/**
 * What some nodes do to the speed.
 * @param nodes most time first
 * @returns null where they take less than `smallestShare` of the time
 */
export function findingOf(
  kind: SpeedFinding['kind'],
  nodes: DividedTime['nodes'],
  smallestShare: number,
  text: { message: (share: string, count: string) => string; suggestion: string },
): SpeedFinding | null {
  const timeShare = nodes.reduce((sum, node) => sum + node.share, 0);
  if (nodes.length === 0 || timeShare < smallestShare) return null;
  return {
    kind,
    message: text.message(formatPercent(timeShare, 0), countText(nodes.length, 'node')),
    suggestion: text.suggestion,
    evidence: { timeShare, nodeCount: nodes.length, nodes: nodes.slice(0, MOST_NAMES).map(({ name }) => name) },
  };
}
