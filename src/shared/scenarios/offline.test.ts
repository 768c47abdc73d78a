import { expect, it } from 'vitest';
import { scenarioTable } from '../text/scenario-table.ts';
import { scenarioSentences } from '../text/scenario-text.ts';
import { deriveOffline, type OfflineFacts } from './offline.ts';
import type { Block } from './scenario-parts.ts';

/** Two points, one ten times as fast as the other. */
function blocksOf(roundCount: number): Block<OfflineFacts>[] {
  return Array.from({ length: roundCount }, (_, round) =>
    [1, 8].map((batchSize) => ({
      startedAtMs: round,
      samplesMs: [1, 1, 1],
      facts: {
        batchSize,
        instanceCount: 1,
        intraOpThreads: 1,
        round,
        runsPerSecond: ((batchSize === 1 ? 100 : 1000) / batchSize) * (1 + 0.001 * round),
        peakBytes: null,
        error: null,
      },
    })),
  ).flat();
}

it.each([
  [2, 'too-few-rounds'],
  [5, 'too-few-rounds'],
  [12, 'slower'],
] as const)('after %i rounds a point that is ten times slower is %s', (roundCount, verdict) => {
  expect(deriveOffline(blocksOf(roundCount))?.points.map((point) => [point.batchSize, point.verdict])).toEqual([
    [8, 'best'],
    [1, verdict],
  ]);
});

it('a difference that is smaller than the plan cares for is none', () => {
  expect(deriveOffline(blocksOf(12), 20)?.points.map(({ verdict }) => verdict)).toEqual(['best', 'indistinguishable']);
});

it('what was compared in too few rounds is not called as good', () => {
  const outcome = { kind: 'offline', status: 'completed', error: null, result: deriveOffline(blocksOf(2)) } as const;
  const text = scenarioSentences(outcome).join(' ');
  expect(text).not.toContain('Not to be told from it');
  expect(text).toContain('Too few rounds to compare it with 1 other point.');
  expect(scenarioTable(outcome)?.rows.map((cells) => cells.at(-1))).toEqual(['best', 'too few rounds']);
});
