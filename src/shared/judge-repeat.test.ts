import { describe, expect, test } from 'vitest';
import { judge } from './judge-repeat.ts';
import { createRandom } from './statistics/random.ts';

const interval = (estimate: number, share: number) => ({
  estimate,
  ciLow: estimate / (1 + share),
  ciHigh: estimate * (1 + share),
});

describe('a repeat', () => {
  test.each([
    ['the same', interval(10, 0.03), interval(10, 0.03), 'inside'],
    [
      'outside of the first interval, but within the chance of both',
      interval(10, 0.03),
      interval(10.4, 0.03),
      'inside',
    ],
    ['slower than both allow', interval(10, 0.03), interval(10.5, 0.03), 'outside'],
    ['faster than both allow', interval(10, 0.03), interval(9.5, 0.03), 'outside'],
    ['other by less than is of interest, however narrow', interval(10, 0.001), interval(10.09, 0.001), 'inside'],
    ['without an interval', { estimate: 10, ciLow: null, ciHigh: null }, interval(10, 0.1), 'unknown'],
  ] as const)('%s', (_, original, repeat, verdict) => {
    expect(judge(original, repeat).verdict).toBe(verdict);
  });

  test('may be other by as much as the plan says is of no interest', () => {
    const pair = [interval(10, 0.001), interval(10.2, 0.001)] as const;
    expect([judge(...pair).verdict, judge(...pair, 0.03).verdict]).toEqual(['outside', 'inside']);
  });

  test('that failed cannot be judged', () => {
    expect(judge(interval(10, 0.1), null)).toMatchObject({ verdict: 'unknown', expected: null });
  });

  test('of which nothing changed lies inside about 95 times in 100', () => {
    const random = createRandom(2);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const measured = () => {
      const log = 0.02 * normal();
      return { estimate: Math.exp(log), ciLow: Math.exp(log - 0.0392), ciHigh: Math.exp(log + 0.0392) };
    };
    const trials = 2000;
    let inside = 0;
    for (let trial = 0; trial < trials; trial += 1) if (judge(measured(), measured()).verdict === 'inside') inside += 1;
    expect(inside / trials).toBeGreaterThan(0.935);
    expect(inside / trials).toBeLessThan(0.965);
  });
});
