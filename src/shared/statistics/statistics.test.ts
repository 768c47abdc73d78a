import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SampleBlock } from '../run.ts';
import { compareBlocks } from './compare-blocks.ts';
import { fairBinomialCumulative, normalQuantile, studentQuantile } from './distributions.ts';
import { pairedDifference, wilsonInterval } from './proportion.ts';
import { median, minimumSampleCount, quantileOfSorted, sortAscending, supportedPercentile } from './quantile.ts';
import { createRandom, shuffle } from './random.ts';
import { serialCorrelation } from './serial-dependence.ts';
import { signedRankInterval } from './signed-rank.ts';
import { FEWEST_BLOCKS, judgeStability } from './stability.ts';
import { summarizeLatency } from './summarize-latency.ts';

const times = fc.array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 60 });

/** A standard normal deviate from two uniform ones (Box–Muller). */
function normalDeviate(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function blocksOf(medians: readonly number[], samplesPerBlock = 9): SampleBlock[] {
  return medians.map((milliseconds, round) => ({
    blockIndex: round,
    round,
    startedAtMs: round * 1000,
    samplesMs: Array.from({ length: samplesPerBlock }, (_, index) => milliseconds * (1 + 0.001 * (index - 4))),
  }));
}

describe('quantiles', () => {
  test('a quantile interpolates between order statistics', () => {
    expect(quantileOfSorted([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantileOfSorted([10], 0.99)).toBe(10);
    expect(quantileOfSorted([0, 10], 0.25)).toBe(2.5);
    expect(() => quantileOfSorted([], 0.5)).toThrow(RangeError);
  });

  test('a quantile lies within the data and rises with its probability', () => {
    fc.assert(
      fc.property(
        times,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, a, b) => {
          const sorted = sortAscending(values);
          const [low, high] = [quantileOfSorted(sorted, Math.min(a, b)), quantileOfSorted(sorted, Math.max(a, b))];
          expect(low).toBeLessThanOrEqual(high);
          expect(low).toBeGreaterThanOrEqual(Math.min(...values));
          expect(high).toBeLessThanOrEqual(Math.max(...values));
        },
      ),
    );
  });

  test.each([
    [0.5, 11],
    [0.9, 64],
    [0.95, 130],
    [0.99, 662],
  ])('percentile %d needs %i samples', (probability, count) => {
    expect(minimumSampleCount(probability)).toBe(count);
    expect(supportedPercentile(new Float64Array(count - 1).fill(1), probability)).toBeNull();
    expect(supportedPercentile(new Float64Array(count).fill(1), probability)).toBe(1);
  });
});

describe('distributions', () => {
  // Values of printed tables.
  test.each([
    [0.975, 1, 12.7062],
    [0.975, 2, 4.30265],
    [0.975, 4, 2.77645],
    [0.975, 9, 2.26216],
    [0.975, 30, 2.04227],
    [0.95, 5, 2.01505],
    [0.025, 9, -2.26216],
  ])('t quantile %d with %i degrees of freedom', (probability, degrees, expected) => {
    expect(studentQuantile(probability, degrees)).toBeCloseTo(expected, 3);
  });

  test('normal quantiles and binomial tails', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 5);
    expect(normalQuantile(0.001)).toBeCloseTo(-3.090232, 5);
    expect(fairBinomialCumulative(1, 4)).toBeCloseTo(5 / 16, 12);
    expect(fairBinomialCumulative(4, 4)).toBeCloseTo(1, 12);
  });
});

describe('signed-rank interval', () => {
  test('fewer than six differences give no 95 % interval', () => {
    expect(signedRankInterval([1, 2, 3, 4, 5])).toEqual({ estimate: 3, low: null, high: null });
  });

  test('six differences give their range, as the table of critical values says', () => {
    expect(signedRankInterval([1, 2, 3, 4, 5, 6])).toEqual({ estimate: 3.5, low: 1, high: 6 });
  });

  test('ten differences: the ninth Walsh average from either end', () => {
    const result = signedRankInterval([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(result).toEqual({ estimate: 5.5, low: 3, high: 8 });
  });

  test('the interval moves with a shift and mirrors with a sign', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 6, maxLength: 30 }), (values) => {
        const original = signedRankInterval(values);
        const shifted = signedRankInterval(values.map((value) => value + 16));
        const mirrored = signedRankInterval(values.map((value) => -value));
        expect(shifted.low).toBe((original.low as number) + 16);
        expect(mirrored.low).toBeCloseTo(-(original.high as number), 12);
        expect(original.low as number).toBeLessThanOrEqual(original.estimate);
        expect(original.high as number).toBeGreaterThanOrEqual(original.estimate);
      }),
    );
  });

  test.each([8, 20, 80])('covers the true centre of %i heavy-tailed differences about 95 times in 100', (count) => {
    const random = createRandom(7 + count);
    const trials = 1000;
    let covered = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      // One difference in ten comes from a distribution ten times as wide.
      const values = Array.from({ length: count }, () => 0.3 + normalDeviate(random) * (random() < 0.1 ? 10 : 1));
      const { low, high } = signedRankInterval(values);
      if ((low as number) <= 0.3 && 0.3 <= (high as number)) covered += 1;
    }
    expect(covered / trials).toBeGreaterThan(0.935);
    expect(covered / trials).toBeLessThan(0.985);
  });
});

describe('latency summary', () => {
  test('no samples give no summary', () => {
    expect(summarizeLatency([])).toBeNull();
    expect(summarizeLatency([[]])).toBeNull();
  });

  test('one block gives a median but no interval, and percentiles it cannot support stay null', () => {
    const summary = summarizeLatency([[3, 1, 2]]);
    expect(summary).toMatchObject({ median: 2, ciLow: null, ciHigh: null, mean: 2, min: 1, max: 3, mad: 1, stdDev: 1 });
    expect(summary).toMatchObject({ p50: null, p90: null, p95: null, p99: null });
  });

  test('five blocks give no interval: no claim of it would hold on a machine that wanders', () => {
    const blocks = Array.from({ length: 5 }, (_, block) => [10 + block, 11 + block, 12 + block]);
    expect(summarizeLatency(blocks)).toMatchObject({ median: 13, ciLow: null, ciHigh: null, confidence: null });
  });

  test.each([
    [6, 'at-least-95'],
    [39, 'at-least-95'],
    [40, '95'],
  ])('%d blocks give an interval of %s per cent', (count, confidence) => {
    const blocks = Array.from({ length: count }, (_, block) => [10 + (block % 5), 11 + (block % 3), 12]);
    expect(summarizeLatency(blocks)?.confidence).toBe(confidence);
  });

  test('blocks without samples do not count', () => {
    const blocks = Array.from({ length: 40 }, (_, block) => (block === 7 ? [] : [10 + (block % 5), 11, 12]));
    expect(summarizeLatency(blocks)?.confidence).toBe('at-least-95');
  });

  test('the interval holds the median', () => {
    fc.assert(
      fc.property(fc.array(times, { minLength: 6, maxLength: 12 }), (blocks) => {
        const summary = summarizeLatency(blocks);
        expect(summary?.median).toBe(median(blocks.flat()));
        expect(summary?.ciLow as number).toBeLessThanOrEqual(summary?.median as number);
        expect(summary?.ciHigh as number).toBeGreaterThanOrEqual(summary?.median as number);
      }),
      { numRuns: 25 },
    );
  });

  test('covers the true median at least 95 times in 100 although samples of a block belong together', () => {
    const random = createRandom(11);
    const trials = 400;
    let covered = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      const blocks = Array.from({ length: 12 }, () => {
        const level = 10 + 0.2 * normalDeviate(random);
        return Array.from({ length: 15 }, () => level + 0.1 * normalDeviate(random));
      });
      const summary = summarizeLatency(blocks);
      if ((summary?.ciLow as number) <= 10 && 10 <= (summary?.ciHigh as number)) covered += 1;
    }
    expect(covered / trials).toBeGreaterThan(0.94);
  });
});

describe('paired comparison', () => {
  const drift = Array.from({ length: 12 }, (_, round) => 10 * (1 + 0.05 * round));

  test('finds 1.25 times faster exactly although the machine slows down by half', () => {
    const result = compareBlocks(blocksOf(drift), blocksOf(drift.map((value) => value / 1.25)));
    expect(result?.verdict).toBe('faster');
    expect(result?.speedup.estimate).toBeCloseTo(1.25, 10);
    expect(result?.pairCount).toBe(12);
  });

  test('a model against itself is indistinguishable', () => {
    expect(compareBlocks(blocksOf(drift), blocksOf(drift))?.verdict).toBe('indistinguishable');
  });

  test('a real difference below one per cent is called indistinguishable', () => {
    const result = compareBlocks(blocksOf(drift), blocksOf(drift.map((value) => value * 1.005)));
    expect(result?.speedup.ciHigh as number).toBeLessThan(1);
    expect(result?.verdict).toBe('indistinguishable');
  });

  test('five rounds are too few for a verdict', () => {
    const result = compareBlocks(blocksOf(drift.slice(0, 5)), blocksOf(drift.slice(0, 5).map((value) => value * 2)));
    expect(result).toMatchObject({ verdict: 'indistinguishable', speedup: { ciLow: null, ciHigh: null } });
  });

  describe('says what its interval holds', () => {
    const rounds = Array.from({ length: 41 }, (_, round) => 10 + (round % 7));
    const half = rounds.map((value, round) => value / (2 + 0.01 * (round % 3)));
    test.each([
      ['of 40 paired rounds', 40, [], '95'],
      ['of 39', 39, [], 'at-least-95'],
      // Looking has made it wider than 95 %.
      ['of 40 that were looked at before the end', 40, [12, 18, 27], 'at-least-95'],
      ['of 41 that ended at a look', 41, [41], 'at-least-95'],
      ['none of five', 5, [], null],
    ])('%s', (_, count, looks, confidence) => {
      const result = compareBlocks(blocksOf(rounds.slice(0, count)), blocksOf(half.slice(0, count)), { looks });
      expect(result?.speedup.confidence).toBe(confidence);
    });
  });

  test('only rounds that hold both are compared', () => {
    const candidate = blocksOf(drift).slice(0, 7);
    expect(compareBlocks(blocksOf(drift), candidate)?.pairCount).toBe(7);
    expect(compareBlocks(blocksOf(drift), [])).toBeNull();
  });
});

/** Each value remembers so much of the one before; standard deviation 1. */
function rememberingSeries(random: () => number, count: number, memory: number): number[] {
  let value = normalDeviate(random);
  return Array.from({ length: count }, () => {
    value = memory * value + Math.sqrt(1 - memory ** 2) * normalDeviate(random);
    return value;
  });
}

describe('serial dependence', () => {
  test.each([0, 0.3, 0.7])('a correlation of %d is found without bias', (memory) => {
    const random = createRandom(5);
    const found = Array.from(
      { length: 400 },
      () => serialCorrelation(rememberingSeries(random, 40, memory)) ?? Number.NaN,
    );
    expect(Math.abs(found.reduce((sum, value) => sum + value, 0) / found.length - memory)).toBeLessThan(0.06);
  });

  test('too few values and equal values have none, and values that take turns a negative one', () => {
    expect(serialCorrelation([1, 2, 3, 4, 5, 6, 7])).toBeNull();
    expect(serialCorrelation(Array.from({ length: 20 }, () => 3))).toBeNull();
    expect(serialCorrelation(Array.from({ length: 20 }, (_, index) => index % 2))).toBeLessThan(-0.8);
  });
});

describe('stability', () => {
  const steady = [10, 10.1, 9.9, 10, 10.05, 9.95, 10, 10.02];
  const cases: [string, number[], string[]][] = [
    ['a steady run', steady, []],
    ['a run that grows slower', steady.map((value, index) => value * (1 + 0.03 * index)), ['drift', 'spread']],
    ['a run with blocks far apart', [10, 14, 10, 14, 10, 14, 10, 14], ['spread', 'bimodality']],
    ['a run of three blocks', [10, 10, 10], ['too-few-samples']],
    [
      'a run that wanders',
      Array.from({ length: 40 }, (_, index) => 10 + 0.3 * Math.sin(index / 4)),
      ['autocorrelation'],
    ],
    ['a run that wanders by next to nothing', Array.from({ length: 40 }, (_, i) => 10 + 0.02 * Math.sin(i / 4)), []],
  ];
  test.each(cases)('%s', (_, medians, kinds) => {
    const stability = judgeStability(blocksOf(medians));
    expect(stability.reasons.map((reason) => reason.kind)).toEqual(kinds);
    expect(stability.verdict).toBe(kinds.length === 0 ? 'stable' : 'unstable');
  });

  test.each([1, 2, 3, 8])('%i long blocks can be judged', (count) => {
    expect(judgeStability(blocksOf(steady.slice(0, count), 60)).reasons.length).toBe(count < FEWEST_BLOCKS ? 1 : 0);
  });

  test('frequent interruptions are named', () => {
    const blocks = blocksOf(steady, 10).map((block) => ({ ...block, samplesMs: [...block.samplesMs, 30] }));
    expect(judgeStability(blocks).reasons.map((reason) => reason.kind)).toEqual(['outliers']);
  });
});

describe('proportions', () => {
  test('Wilson interval of a known case and of the extremes', () => {
    const interval = wilsonInterval(9250, 10_000);
    expect(interval.value).toBe(0.925);
    expect(interval.ciLow).toBeCloseTo(0.919_67, 4);
    expect(interval.ciHigh).toBeCloseTo(0.93, 4);
    expect(wilsonInterval(0, 10)).toMatchObject({ value: 0, ciLow: 0 });
    expect(wilsonInterval(10, 10)).toMatchObject({ value: 1, ciHigh: 1 });
  });

  test.each([
    [0, 0, 1, 'indistinguishable'],
    [5, 5, 1, 'indistinguishable'],
    [10, 0, 2 / 1024, 'worse'],
    [0, 10, 2 / 1024, 'better'],
  ] as const)(
    'McNemar with %i and %i discordant items',
    (onlyReferenceCorrect, onlyCandidateCorrect, pValue, verdict) => {
      const paired = pairedDifference({ onlyReferenceCorrect, onlyCandidateCorrect, total: 1000 });
      expect(paired.pValue).toBeCloseTo(pValue, 10);
      expect(paired.verdict).toBe(verdict);
      expect(paired.ciLow).toBeLessThanOrEqual(paired.difference);
      expect(paired.ciHigh).toBeGreaterThanOrEqual(paired.difference);
    },
  );
});

describe('random', () => {
  test('a seed repeats its sequence, and another seed gives another', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, createRandom(seed));
    expect(draw(42)).toEqual(draw(42));
    expect(draw(42)).not.toEqual(draw(43));
  });

  test('a shuffle keeps every item and reaches every order', () => {
    const random = createRandom(3);
    const orders = new Set(Array.from({ length: 200 }, () => shuffle(['a', 'b', 'c'], random).join('')));
    expect(orders.size).toBe(6);
  });
});
