import { describe, expect, it } from 'vitest';
import { caseSettingsSchema } from '#shared/case.ts';
import type { ScenarioBlock } from '#shared/scenarios/scenario.ts';
import { deriveServer, type ServerPlan, serverPlanSchema } from '#shared/scenarios/server.ts';
import { createRandom } from '#shared/statistics/random.ts';
import { fakeDevice } from '../../../../tests/fakes/fake-device.ts';
import { serveVirtually } from '../../../../tests/fakes/fake-instances.ts';
import type { StoredRun } from '../../store/run-rows.ts';
import { defaultSilenceLimits } from '../silence-limits.ts';
import type { ScenarioContext } from './scenario-context.ts';
import { server } from './server.ts';

const MEAN_MS = 2;

/** A whole search in a time of its own, against instances whose run times are drawn. */
async function search(plan: Partial<ServerPlan>, { serviceMs, seed = 1 }: { serviceMs: () => number; seed?: number }) {
  const blocks: ScenarioBlock[] = [];
  const parsed = serverPlanSchema.parse({ kind: 'server', ...plan });
  const request = (method: string, params: never): unknown =>
    method === 'instances.serve' ? serveVirtually(params, { serviceMs, instanceCount: parsed.instanceCount }) : {};
  const engine = {
    pid: undefined,
    request: async (method: string, params: never) => request(method, params),
    kill: async () => {},
  };
  await server.measure(parsed, {
    engines: { start: async () => engine },
    run: { provider: 'node:cpu', settings: caseSettingsSchema.parse({}), model: { path: 'model.onnx' } } as StoredRun,
    inputs: { kind: 'generated', seed: 1 },
    device: fakeDevice,
    medianMs: MEAN_MS,
    seed,
    limits: defaultSilenceLimits,
    availableMemory: () => Infinity,
    signal: new AbortController().signal,
    onBlock: (block: ScenarioBlock) => void blocks.push(block),
    onProgress: () => {},
  } as unknown as ScenarioContext);
  const result = deriveServer(
    parsed,
    blocks.filter((block) => block.kind === 'server'),
    { batchSize: 1 },
  );
  if (result === null) throw new Error('There was no probe.');
  return { result, spentMs: result.probes.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0) };
}

const constant = (): number => MEAN_MS;
const exponential = (seed: number): (() => number) => {
  const random = createRandom(seed);
  return () => -Math.log(1 - random()) * MEAN_MS;
};

/** M/M/1: the time in the system is exponential with the rate μ − λ. */
function rateOfExponential(boundMs: number): number {
  return 1000 / MEAN_MS - (1000 * Math.log(100)) / boundMs;
}

/** M/D/1: Erlang's distribution of the waiting time, solved for the rate. */
function rateOfConstant(boundMs: number): number {
  const waitMs = boundMs - MEAN_MS;
  const inTime = (perMs: number): number => {
    let sum = 0;
    let factorial = 1;
    for (let k = 0; k * MEAN_MS <= waitMs; k += 1) {
      if (k > 0) factorial *= k;
      const x = perMs * (k * MEAN_MS - waitMs);
      sum += (x ** k / factorial) * Math.exp(-x);
    }
    return (1 - perMs * MEAN_MS) * sum;
  };
  let low = 0;
  let high = 1 / MEAN_MS;
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (inTime(middle) > 0.99) low = middle;
    else high = middle;
  }
  return low * 1000;
}

describe('the highest rate that holds a bound', () => {
  it.each([
    { queue: 'M/D/1', boundMs: 6, truth: rateOfConstant(6), service: () => constant },
    { queue: 'M/D/1', boundMs: 20, truth: rateOfConstant(20), service: () => constant },
    { queue: 'M/M/1', boundMs: 20, truth: rateOfExponential(20), service: exponential },
  ])('lies where the theory of $queue says for $boundMs ms', async ({ boundMs, truth, service }) => {
    for (const seed of [1, 2]) {
      const { result, spentMs } = await search(
        { latencyBoundMs: boundMs, timeLimitSeconds: 300 },
        { serviceMs: service(seed), seed },
      );
      expect(result.verdict).toBe('confirmed');
      // 95 % of such searches claim no more than the truth, and these draws are always the same.
      expect(result.ratePerSecond).toBeLessThanOrEqual(truth);
      expect(result.ratePerSecond).toBeGreaterThan(0.65 * truth);
      expect(result.failsAtPerSecond ?? Infinity).toBeGreaterThan(truth);
      expect(spentMs).toBeLessThanOrEqual(300_000 * 1.05);
    }
  });

  it('takes five times the median where no bound is given, and says so', async () => {
    const { result } = await search({ timeLimitSeconds: 60 }, { serviceMs: constant });
    expect(result).toMatchObject({ latencyBoundMs: 5 * MEAN_MS, boundSource: 'median' });
  });

  it('is none when a single request takes longer than the bound', async () => {
    const { result } = await search({ latencyBoundMs: 1.9 }, { serviceMs: constant });
    expect(result).toMatchObject({ verdict: 'none', ratePerSecond: null });
  });

  it('rises with the number of instances', async () => {
    const plan = { latencyBoundMs: 10, timeLimitSeconds: 120 };
    const one = await search(plan, { serviceMs: constant });
    const two = await search({ ...plan, instanceCount: 2 }, { serviceMs: constant });
    expect(two.result.ratePerSecond).toBeGreaterThan(1.8 * (one.result.ratePerSecond as number));
    expect(two.result.capacityPerSecond).toBeCloseTo(2 * one.result.capacityPerSecond, 0);
  });

  it('says how much time is missing when nothing can be said within it', async () => {
    await expect(search({ timeLimitSeconds: 1 }, { serviceMs: () => 5000 })).rejects.toThrow('no time for 30 requests');
  });
});
