import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawArrivals, longestQueue, simulateQueue } from '../scenarios/queue.ts';
import { betaCumulative, betaQuantile } from './beta.ts';
import { judgeLateShare, planLooks } from './late-share.ts';
import { createRandom } from './random.ts';

const rule = { latencyBoundMs: 10, percentile: 0.99, confidence: 0.95, plannedCount: 1000 };
const inTime = (count: number): number[] => Array.from({ length: count }, (_, index) => 5 + (index % 7) / 10);

describe('the share of late requests', () => {
  it('holds with 299 independent requests in time, and not with 298: 0.99^299 is just below 5 %', () => {
    const once = { ...rule, plannedCount: 299 };
    expect(judgeLateShare(inTime(299), once)).toMatchObject({ verdict: 'holds', lateCount: 0 });
    expect(judgeLateShare(inTime(298), { ...once, plannedCount: 298 }).verdict).toBe('undecided');
  });

  it('does not hold when nearly all are late, after few requests', () => {
    expect(
      judgeLateShare(
        Array.from({ length: 30 }, () => 99),
        rule,
      ).verdict,
    ).toBe('does-not-hold');
  });

  it('takes late ones in a row for what they are: one bad moment', () => {
    const random = createRandom(5);
    const scattered = Array.from({ length: 1000 }, (_, index) => (index % 50 === 0 ? 20 : 5 + random()));
    const burst = Array.from({ length: 1000 }, (_, index) => (index >= 500 && index < 520 ? 20 : 5 + random()));
    const both = [judgeLateShare(scattered, rule), judgeLateShare(burst, rule)];
    expect(both.map(({ lateCount }) => lateCount)).toEqual([20, 20]);
    expect(both.map(({ verdict }) => verdict)).toEqual(['does-not-hold', 'undecided']);
    expect(both[1]?.effectiveCount).toBeLessThan(200);
  });

  it('says nothing of no requests', () => {
    expect(judgeLateShare([], rule)).toMatchObject({ verdict: 'undecided', share: { ciLow: 0, ciHigh: 1 } });
  });

  it('lies within its interval, whatever the latencies', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 1, maxLength: 300 }),
        (latencies) => {
          const { share, effectiveCount, count } = judgeLateShare(latencies, rule);
          expect(share.ciLow).toBeLessThanOrEqual(share.estimate + 1e-9);
          expect(share.ciHigh).toBeGreaterThanOrEqual(share.estimate - 1e-9);
          expect(effectiveCount).toBeLessThanOrEqual(count);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is called rightly at the very bound in at least 95 of 100 queues, by either verdict', () => {
    // M/M/1 at half of its capacity: the 99th percentile of the time in the system is ln(100) / (1 - 0.5).
    const latencyBoundMs = Math.log(100) / 0.5;
    const counts = { holds: 0, 'does-not-hold': 0, undecided: 0 };
    for (let trial = 0; trial < 200; trial += 1) {
      const random = createRandom(9000 + trial);
      const arrivals = drawArrivals({ ratePerSecond: 500, count: 1000, seed: trial });
      const latencies = simulateQueue(arrivals, { serviceMs: () => -Math.log(1 - random()), instanceCount: 1 });
      const verdicts = planLooks(1000).map(
        (look) => judgeLateShare(latencies.subarray(0, look), { ...rule, latencyBoundMs }).verdict,
      );
      counts[verdicts.find((verdict) => verdict !== 'undecided') ?? 'undecided'] += 1;
    }
    expect(counts.holds).toBeLessThanOrEqual(10);
    expect(counts['does-not-hold']).toBeLessThanOrEqual(10);
  });
});

it('looks come ever more rarely, and once at the end', () => {
  expect(planLooks(1000)).toEqual([30, 75, 188, 1000]);
  expect(planLooks(20)).toEqual([20]);
});

describe('the beta distribution', () => {
  it.each([
    { x: 0.01, a: 1, b: 299, expected: 1 - 0.99 ** 299 },
    { x: 0.3, a: 2, b: 3, expected: 0.3483 },
    // 1 - P(Binomial(100, 0.05) <= 3)
    { x: 0.05, a: 4, b: 97, expected: 0.742_161_340_884 },
    { x: 0.5, a: 7.5, b: 7.5, expected: 0.5 },
  ])('has $expected below $x for ($a, $b)', ({ x, a, b, expected }) => {
    expect(betaCumulative(x, a, b)).toBeCloseTo(expected, 10);
    expect(betaQuantile(expected, a, b)).toBeCloseTo(x, 8);
  });
});

describe('a queue', () => {
  it('makes a request wait for the first instance that is free', () => {
    const arrivals = [0, 1, 2, 3, 20];
    const serviceMs = (): number => 4;
    expect([...simulateQueue(arrivals, { serviceMs, instanceCount: 1 })]).toEqual([4, 7, 10, 13, 4]);
    expect([...simulateQueue(arrivals, { serviceMs, instanceCount: 2 })]).toEqual([4, 4, 6, 6, 4]);
  });

  it('is as long as the requests that have arrived and are not begun', () => {
    expect(longestQueue([0, 1, 2, 3, 20], [0, 4, 8, 12, 20])).toBe(3);
    expect(longestQueue([0, 10], [0, 10])).toBe(0);
    expect(longestQueue([], [])).toBe(0);
  });

  it('gets requests at the rate that was asked for, the same for the same seed', () => {
    const about = { ratePerSecond: 250, count: 20_000, seed: 4 };
    const arrivals = drawArrivals(about);
    expect((20_000 * 1000) / (arrivals.at(-1) as number)).toBeCloseTo(250, -1);
    expect(drawArrivals(about)).toEqual(arrivals);
    expect(drawArrivals({ ...about, seed: 5 })).not.toEqual(arrivals);
  });
});
