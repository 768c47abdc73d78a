import { describe, expect, it, test } from 'vitest';
import { exampleScenarios } from '../../../tests/fakes/example-scenarios.ts';
import type { LatencyBound } from '../latency-bound.ts';
import type { OfflinePoint } from '../scenarios/offline.ts';
import type { ScenarioOutcome } from '../scenarios/scenario.ts';
import { scenarioTable } from '../text/scenario-table.ts';
import { scenarioSentences } from '../text/scenario-text.ts';
import { offlineSpot, offlineVerdict } from './offline-spot.ts';

const offline = exampleScenarios.find(({ kind }) => kind === 'offline') as Extract<
  ScenarioOutcome,
  { kind: 'offline' }
>;
const points = offline.result?.points ?? [];
const median = (ms: number): LatencyBound => ({ ms, statistic: 'median' });
const spotOf = (bound: LatencyBound): [batch: number, instances: number] | null => {
  const spot = offlineSpot({ points, smallestDifference: 0.01 }, bound);
  return spot === null ? null : [spot.chosen.batchSize, spot.chosen.instanceCount];
};

describe('batch and instances within a bound', () => {
  test.each<[string, number, [number, number] | null]>([
    ['above every point: of the two that are as fast, the one of less memory', 400, [8, 2]],
    ['that leaves out the batch of 32', 100, [8, 2]],
    ['that leaves out two instances of a batch of 8: more throughput than one of them', 30, [1, 2]],
    ['that only single items hold', 8, [1, 2]],
    ['below every point', 1, null],
  ])('%s', (_what, ms, expected) => {
    expect(spotOf(median(ms))).toEqual(expected);
  });

  it('is held by the whole interval of the time of a call', () => {
    const [best] = points as [OfflinePoint];
    expect([39, 41, 42].map((ms) => offlineVerdict(best, median(ms)))).toEqual(['does-not-hold', 'undecided', 'holds']);
    // No upper end, and too few runs for any interval.
    expect(offlineVerdict(best, { ms: 1000, statistic: 'p95' })).toBe('undecided');
    expect(offlineVerdict(best, { ms: 1000, statistic: 'p99' })).toBe('undecided');
  });

  it('counts the threads that ONNX Runtime chose: an instance on all cores is not the cheapest', () => {
    const [first] = points as [OfflinePoint];
    const onAllCores = { ...first, instanceCount: 1, intraOpThreads: 0, threadCount: 8 };
    const onTwo = { ...first, instanceCount: 2, intraOpThreads: 1, threadCount: 2 };
    const chosenOf = (all: OfflinePoint[]): number | undefined =>
      offlineSpot({ points: all, smallestDifference: 0.01 }, median(400))?.chosen.instanceCount;
    expect(chosenOf([onAllCores, onTwo])).toBe(2);
    expect(chosenOf([{ ...onAllCores, threadCount: 1 }, onTwo])).toBe(1);
    // Blocks of earlier versions do not say it.
    expect(
      chosenOf([
        { ...onAllCores, threadCount: null },
        { ...onTwo, threadCount: null },
      ]),
    ).toBe(2);
  });

  it('takes the fastest of those that are as fast as any where they cost the same', () => {
    const [first, second] = points as [OfflinePoint, OfflinePoint];
    const twins = [first, { ...second, batchSize: first.batchSize, peakBytes: first.peakBytes }];
    expect(offlineSpot({ points: twins, smallestDifference: 0.01 }, median(400))?.chosen.latencyMs.mean).toBe(
      first.latencyMs.mean,
    );
  });
});

describe('in words', () => {
  test.each<[LatencyBound, RegExp]>([
    [
      median(400),
      /^With a median of 400 ms or less: batch 8 on 2 instances of 1 thread, 392 items per second \(median 40\.70 ms, 95 % interval 39\.89–41\.92 ms\)\. As good .* not cheaper: batch 32 on 2 instances/,
    ],
    [median(1), /^No point holds a median of 1 ms or less; the nearest is batch 1 on 2 instances/],
    [
      { ms: 1000, statistic: 'p99' },
      /^Nothing surely holds 99 of 100 calls within 1,000 ms; 4 points are undecided: .*too few runs for a p99/,
    ],
  ])('%o', (bound, sentence) => {
    expect(scenarioSentences(offline, bound).filter((text) => sentence.test(text))).toHaveLength(1);
  });

  it('an interval without an upper end is one from below, and where there is none that is said', () => {
    const [best] = points as [OfflinePoint];
    const textWith = (ciLow: number | null): string => {
      const p95 = { estimate: 46, ciLow, ciHigh: null };
      const result = { points: [{ ...best, callMs: { ...best.callMs, p95 } }], failures: [], smallestDifference: 0.01 };
      return scenarioSentences({ ...offline, result }, { ms: 1000, statistic: 'p95' }).join(' ');
    };
    expect(textWith(44)).toContain('(p95 46.00 ms, at least 44.00 ms)');
    expect(textWith(null)).toContain('(p95 46.00 ms, no interval)');
  });

  it('nothing of it without a bound; with one, each point has its verdict', () => {
    expect(scenarioSentences(offline).join(' ')).not.toContain('With a median');
    expect(scenarioTable(offline)?.columns.map(({ title }) => title)).not.toContain('30 ms (median)');
    const table = scenarioTable(offline, median(30));
    expect(table?.columns.at(-1)?.title).toBe('30 ms (median)');
    expect(table?.rows.map((cells) => cells.at(-1))).toEqual(['does not hold', 'does not hold', 'holds', 'holds']);
  });
});
