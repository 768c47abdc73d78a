import { describe, expect, test } from 'vitest';
import type { SampleBlock } from '../run.ts';
import { compareBlocks, isDecided } from './compare-blocks.ts';
import { confidenceOf, isLookDue, lookSchedule } from './looks.ts';
import { createRandom } from './random.ts';

const rounds = (count: number, first = 0): number[] => Array.from({ length: count }, (_, index) => first + index);

describe('looks', () => {
  test('come at 12 rounds and then after half as many again', () => {
    expect(lookSchedule).toEqual([12, 18, 27, 41, 62, 93, 140, 210]);
    expect([11, 12, 13, 18].map(isLookDue)).toEqual([false, true, false, true]);
  });

  test('the levels of all looks and of the end make up 5 %', () => {
    const looks = [...lookSchedule];
    const atLooks = looks.map((look) => 1 - confidenceOf(rounds(look), looks));
    const atEnd = 1 - confidenceOf(rounds(300), looks);
    expect(atLooks.reduce((sum, alpha) => sum + alpha, atEnd)).toBeCloseTo(0.05, 12);
  });

  test.each([
    ['nobody looked', rounds(20), [], 0.05],
    ['one look before', rounds(20), [12], 0.047],
    ['the end is a look', rounds(12), [12], 0.003],
    ['later looks saw nothing of it', rounds(12), [18], 0.05],
    ['looks at another group of cases, measured before', rounds(20, 20), [12, 18, 32], 0.047],
    ['saved rounds that were continued', [...rounds(7), ...rounds(13, 7)], [12, 18], 0.044],
  ])('%s', (_, measured, looks, alpha) => {
    expect(1 - confidenceOf(measured, looks)).toBeCloseTo(alpha, 12);
  });
});

describe('a decided comparison', () => {
  test.each([
    ['faster', 'faster', 1.02, 1.4, true],
    ['within 1 % for certain', 'indistinguishable', 0.992, 1.009, true],
    ['as narrow as asked for', 'indistinguishable', 1.006, 1.0155, true],
    ['neither shown nor excluded', 'indistinguishable', 0.97, 1.05, false],
    ['too few rounds', 'indistinguishable', null, null, false],
  ] as const)('%s', (_, verdict, ciLow, ciHigh, expected) => {
    expect(isDecided({ verdict, speedup: { estimate: 1, ciLow, ciHigh } }, 0.005)).toBe(expected);
  });
});

/** Two equal cases whose blocks scatter by so much. */
function equalCases(random: () => number, roundCount: number): [SampleBlock[], SampleBlock[]] {
  const blocks = (): SampleBlock[] =>
    rounds(roundCount).map((round) => ({
      blockIndex: round,
      round,
      startedAtMs: round,
      samplesMs: [10 * Math.exp(0.1 * (random() + random() + random() - 1.5))],
    }));
  return [blocks(), blocks()];
}

test('looking often does not raise false alarms above 5 %, where looking without correction does', () => {
  const random = createRandom(4);
  const trials = 300;
  const alarms = { corrected: 0, careless: 0 };
  for (let trial = 0; trial < trials; trial += 1) {
    const [baseline, candidate] = equalCases(random, 62);
    const seen: number[] = [];
    const isAlarm = { corrected: false, careless: false };
    for (const look of lookSchedule.filter((count) => count <= 62)) {
      seen.push(look);
      const [first, second] = [baseline.slice(0, look), candidate.slice(0, look)];
      isAlarm.corrected ||= compareBlocks(first, second, { looks: seen })?.verdict !== 'indistinguishable';
      isAlarm.careless ||= compareBlocks(first, second)?.verdict !== 'indistinguishable';
    }
    if (isAlarm.corrected) alarms.corrected += 1;
    if (isAlarm.careless) alarms.careless += 1;
  }
  expect(alarms.corrected / trials).toBeLessThan(0.05);
  expect(alarms.careless / trials).toBeGreaterThan(0.05);
});

test('a difference that is certain is said only from the smallest one of interest on, which the plan can set', () => {
  const blocks = (ms: number) =>
    Array.from({ length: 12 }, (_, round) => ({
      blockIndex: round,
      round,
      startedAtMs: round,
      samplesMs: [ms + 0.001 * (round % 3), ms, ms + 0.002],
    }));
  const verdictWith = (options: Parameters<typeof compareBlocks>[2]) =>
    compareBlocks(blocks(10.15), blocks(10), options)?.verdict;
  expect(verdictWith({})).toBe('faster');
  expect(verdictWith({ smallestDifference: 0.02 })).toBe('indistinguishable');
  expect(verdictWith({ smallestDifference: 0.005 })).toBe('faster');
});
