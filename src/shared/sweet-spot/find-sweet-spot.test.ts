import { describe, expect, it, test } from 'vitest';
import { type ExamplePoint, exampleSweep, sixPoints } from '../../../tests/fakes/example-sweep.ts';
import { deriveResults } from '../answer/derive-results.ts';
import type { LatencyBound } from '../latency-bound.ts';
import type { Sweep } from './derive-sweeps.ts';
import { sweepDocumentOf, sweepDocumentSchema } from './sweep-document.ts';
import { judgeBound } from './sweep-point.ts';
import { sweetSpotWords } from './sweet-spot-text.ts';

function sweepOf(
  points: readonly ExamplePoint[],
  latencyBound?: LatencyBound,
  size: { rounds?: number; samples?: number } = {},
): Sweep {
  const { experiment, blocksByRunId } = exampleSweep(points, { ...size, ...(latencyBound ? { latencyBound } : {}) });
  const [sweep] = deriveResults(experiment, { quality: [], blocksByRunId }).sweeps;
  if (sweep === undefined) throw new Error('There is no sweep.');
  return sweep;
}

/** Threads and batch. */
const spotOf = ({ sweetSpot }: Sweep): [number, number] | null =>
  sweetSpot.kind === 'chosen' ? [sweetSpot.chosen.threadCount, sweetSpot.chosen.batchSize] : null;

const median = (ms: number): LatencyBound => ({ ms, statistic: 'median' });

describe('within a bound', () => {
  test.each([
    ['far above every point: the one of most throughput', 100, [2, 16]],
    ['that leaves out the largest batches', 4.5, [2, 4]],
    ['that one thread holds at a small batch only', 1.4, [2, 1]],
  ])('%s', (_what, ms, expected) => {
    expect(spotOf(sweepOf(sixPoints, median(ms)))).toEqual(expected);
  });

  it('differences that are smaller than the plan cares for leave the choice to the cost', () => {
    const { experiment, blocksByRunId } = exampleSweep(sixPoints, { latencyBound: median(100) });
    const choose = (smallestDifference: number): unknown => {
      const planned = { ...experiment, plan: { ...experiment.plan, smallestDifference } };
      const [sweep] = deriveResults(planned, { quality: [], blocksByRunId }).sweeps;
      return sweep && spotOf(sweep);
    };
    expect(choose(0.01)).toEqual([2, 16]);
    expect(choose(20)).toEqual([1, 1]);
  });

  it('is held by the whole interval only', () => {
    const between = { estimate: 10, ciLow: 9, ciHigh: 11 };
    expect([8.9, 9, 10.9, 11].map((ms) => judgeBound(between, { ms }))).toEqual([
      'does-not-hold',
      'undecided',
      'undecided',
      'holds',
    ]);
    expect(judgeBound({ estimate: 1, ciLow: 0.9, ciHigh: null }, { ms: 100 })).toBe('undecided');
    expect(judgeBound(null, { ms: 100 })).toBe('undecided');
  });

  it('threads that ONNX Runtime chooses count as the cores that it may use', () => {
    const { experiment, blocksByRunId } = exampleSweep([{ threads: 0, callMs: 1 }, { callMs: 2 }]);
    const cpu = { ...experiment.device.cpu, physicalCores: 8, usableCores: 3.5 };
    const ofFewer = { ...experiment, device: { ...experiment.device, cpu } };
    const [sweep] = deriveResults(ofFewer, { quality: [], blocksByRunId }).sweeps;
    expect(sweep?.points.map(({ threadCount }) => threadCount)).toEqual([3, 1]);
  });

  it('nothing is chosen where no point holds it, and the nearest is named with what may help', () => {
    const sweep = sweepOf(sixPoints, median(1));
    expect(sweep.sweetSpot).toMatchObject({ kind: 'none-holds', nearest: { threadCount: 2, batchSize: 1 } });
    const { headline, evidence } = sweetSpotWords(sweep);
    expect(headline).toBe(
      'No point holds a median of 1 ms or less; the nearest is 2 threads, batch 1 with 1.250 ms, 25 % too many.',
    );
    expect(evidence.at(-1)).toMatch(/^What may help: more than 2 threads, .*; or a larger bound than 1 ms\./);
  });

  it('what is undecided is said, and not chosen', () => {
    const sweep = sweepOf(
      [
        { batch: 1, callMs: 1 },
        { batch: 8, callMs: 4 },
      ],
      median(4),
    );
    expect(spotOf(sweep)).toEqual([1, 1]);
    expect(sweetSpotWords(sweep).caveats.join()).toMatch(/undecided whether the bound is held: batch 8/);
    const alone = sweepOf([{ batch: 8, callMs: 4 }], median(4));
    expect(alone.sweetSpot.kind).toBe('undecided');
    expect(sweetSpotWords(alone).headline).toBe('Whether it holds a median of 4 ms or less is undecided.');
  });

  it('a p99 needs its samples', () => {
    const bound: LatencyBound = { ms: 100, statistic: 'p99' };
    expect(sweepOf(sixPoints, bound, { rounds: 10, samples: 20 }).points.map(({ latencyMs }) => latencyMs)).toEqual(
      sixPoints.map(() => null),
    );
    expect(sweetSpotWords(sweepOf(sixPoints, bound, { rounds: 10, samples: 20 })).evidence[0]).toContain(
      'too few samples for a p99 (200 of 662)',
    );
    expect(spotOf(sweepOf(sixPoints, bound, { rounds: 20, samples: 110 }))).toEqual([2, 16]);
  });
});

describe('of points that cannot be told apart, the cheapest', () => {
  test.each<[string, ExamplePoint[], [number, number]]>([
    [
      'takes less memory, even with more threads',
      [
        { threads: 1, callMs: 4, peakMebibytes: 200 },
        { threads: 2, callMs: 4.01, peakMebibytes: 100 },
      ],
      [2, 1],
    ],
    [
      'has fewer threads where memory is about the same',
      [
        { threads: 4, callMs: 4, peakMebibytes: 100 },
        { threads: 1, callMs: 4.01, peakMebibytes: 104 },
      ],
      [1, 1],
    ],
    [
      'has the smaller batch where threads are the same',
      [
        { batch: 8, callMs: 8 },
        { batch: 4, callMs: 4.01 },
      ],
      [1, 4],
    ],
    [
      'has fewer threads where memory is not known of all',
      [
        { threads: 4, callMs: 4, peakMebibytes: 100 },
        { threads: 2, callMs: 4, peakMebibytes: null },
      ],
      [2, 1],
    ],
    [
      'is found by the intervals of each alone where no rounds are shared',
      [
        { threads: 4, callMs: 4 },
        { threads: 1, callMs: 4.001, firstRound: 100 },
      ],
      [1, 1],
    ],
    [
      'and not one that is measurably slower',
      [
        { threads: 4, callMs: 4 },
        { threads: 1, callMs: 4.3 },
      ],
      [4, 1],
    ],
  ])('%s', (_what, points, expected) => {
    expect(spotOf(sweepOf(points, median(100)))).toEqual(expected);
  });

  it('says why, and how much may be lost', () => {
    const { evidence } = sweetSpotWords(
      sweepOf(
        [
          { threads: 4, callMs: 4 },
          { threads: 1, callMs: 4.01 },
        ],
        median(100),
      ),
    );
    expect(evidence.join(' ')).toMatch(
      /By the estimates alone it would be 4 threads: 250 items per second, of whose throughput the chosen one has 1\.00 to 1\.00\. They cannot be told apart, and the chosen one needs fewer threads\./,
    );
  });
});

describe('without a bound', () => {
  it('the knee is where throughput over latency is largest: overhead and work weigh the same', () => {
    const calls = [1, 2, 4, 8, 16].map((batch) => ({ batch, callMs: 4 + batch }));
    const sweep = sweepOf(calls);
    expect(spotOf(sweep)).toEqual([1, 4]);
    expect(sweetSpotWords(sweep).headline).toBe(
      'The knee is at batch 4: 500 items per second at 8.000 ms for each call.',
    );
    expect(sweep.points.map(({ isOnFront, verdict }) => [isOnFront, verdict])).toEqual(calls.map(() => [true, null]));
  });

  it('is the fastest of one batch size, with no talk of a knee', () => {
    const sweep = sweepOf([
      { threads: 1, callMs: 4 },
      { threads: 2, callMs: 2 },
    ]);
    expect(sweetSpotWords(sweep).headline).toBe(
      'Run it with 2 threads: 500 items per second at 2.000 ms for each call.',
    );
  });

  it('says nothing of a model that was measured in one way only', () => {
    const { experiment, blocksByRunId } = exampleSweep([{ callMs: 1 }]);
    expect(deriveResults(experiment, { quality: [], blocksByRunId }).sweeps).toEqual([]);
    expect(deriveResults(experiment, { quality: [], blocksByRunId, latencyBound: median(2) }).sweeps).toHaveLength(1);
  });
});

it('counts what failed instead of hiding it', () => {
  const sweep = sweepOf([{ batch: 1, callMs: 1 }, { batch: 4, callMs: 2 }, { batch: 16 }], median(100));
  expect(sweep.points).toHaveLength(2);
  expect(sweetSpotWords(sweep).caveats.join()).toContain('1 case without a complete result');
});

it.each([undefined, median(1), median(4.5), median(1.25)])(
  'keeps its form on the way through JSON, bound %o',
  (bound) => {
    const document = sweepDocumentOf(sweepOf(sixPoints, bound));
    expect(sweepDocumentSchema.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
  },
);
