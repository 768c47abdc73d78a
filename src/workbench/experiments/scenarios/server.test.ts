import { describe, expect, it } from 'vitest';
import { type ServerPlan, serverPlanSchema } from '#shared/scenarios/server.ts';
import { createRandom } from '#shared/statistics/random.ts';
import { serveVirtually } from '../../../../tests/fakes/fake-instances.ts';
import { rateOfConstant, rateOfExponential } from '../../../../tests/fakes/queue-truth.ts';
import { fakeScenarioContext } from '../../../../tests/fakes/scenario-context.ts';
import { searchVirtually } from '../../../../tests/fakes/virtual-search.ts';
import { server } from './server.ts';

const MEAN_MS = 2;

const search = (plan: Partial<ServerPlan>, serviceMs: () => number, seed = 1) =>
  searchVirtually(plan, { serviceMs, medianMs: MEAN_MS, seed });
const constant = (): number => MEAN_MS;
const exponential = (seed: number): (() => number) => {
  const random = createRandom(seed);
  return () => -Math.log(1 - random()) * MEAN_MS;
};

describe('the highest rate that holds a bound', () => {
  it.each([
    { queue: 'M/D/1', boundMs: 6, truth: rateOfConstant(6, MEAN_MS), service: () => constant },
    { queue: 'M/D/1', boundMs: 20, truth: rateOfConstant(20, MEAN_MS), service: () => constant },
    { queue: 'M/M/1', boundMs: 20, truth: rateOfExponential(20, MEAN_MS), service: exponential },
  ])('lies where the theory of $queue says for $boundMs ms', async ({ boundMs, truth, service }) => {
    for (const seed of [1, 2]) {
      const { result, spentMs } = await search({ latencyBoundMs: boundMs, timeLimitSeconds: 300 }, service(seed), seed);
      expect(result.verdict).toBe('confirmed');
      // 95 % of such searches claim no more than the truth, and these draws are always the same.
      expect(result.ratePerSecond).toBeLessThanOrEqual(truth);
      expect(result.ratePerSecond).toBeGreaterThan(0.65 * truth);
      expect(result.failsAtPerSecond ?? Infinity).toBeGreaterThan(truth);
      expect(spentMs).toBeLessThanOrEqual(300_000 * 1.05);
    }
  });

  it('takes five times the median where no bound is given, and says so', async () => {
    const { result } = await search({ timeLimitSeconds: 60 }, constant);
    expect(result).toMatchObject({ latencyBoundMs: 5 * MEAN_MS, boundSource: 'median' });
  });

  it('is none when a single request takes longer than the bound', async () => {
    const { result } = await search({ latencyBoundMs: 1.9 }, constant);
    expect(result).toMatchObject({ verdict: 'none', ratePerSecond: null });
  });

  it('rises with the number of instances', async () => {
    const plan = { latencyBoundMs: 10, timeLimitSeconds: 120 };
    const one = await search(plan, constant);
    const two = await search({ ...plan, instanceCount: 2 }, constant);
    expect(two.result.ratePerSecond).toBeGreaterThan(1.8 * (one.result.ratePerSecond as number));
    expect(two.result.capacityPerSecond).toBeCloseTo(2 * one.result.capacityPerSecond, 0);
  });

  it('has patience with requests as long as runs take', async () => {
    const limitsMs: number[] = [];
    const runMs = 60_000;
    const { context } = fakeScenarioContext((method, params, _engine, { silenceLimitMs }) => {
      if (method !== 'instances.serve') return {};
      limitsMs.push(silenceLimitMs);
      return serveVirtually(params, { serviceMs: () => runMs, instanceCount: 1 });
    });
    await server.measure(serverPlanSchema.parse({ kind: 'server', timeLimitSeconds: 86_400 }), context);
    const [warmUpMs, ...others] = limitsMs;
    expect(warmUpMs).toBeGreaterThan(2 * runMs);
    expect(others.length).toBeGreaterThan(1);
    expect(Math.min(...others)).toBeGreaterThan(20 * runMs);
  });

  it('says how much time is missing when nothing can be said within it', async () => {
    await expect(search({ timeLimitSeconds: 1 }, () => 5000)).rejects.toThrow('no time for 30 requests');
  });
});
