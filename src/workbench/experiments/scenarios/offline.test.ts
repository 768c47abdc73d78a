import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/app-error.ts';
import type { EngineParams } from '#shared/engine-protocol.ts';
import { deriveOffline, offlinePlanSchema } from '#shared/scenarios/offline.ts';
import { createRandom } from '#shared/statistics/random.ts';
import { serveVirtually } from '../../../../tests/fakes/fake-instances.ts';
import { fakeScenarioContext } from '../../../../tests/fakes/scenario-context.ts';
import { offline } from './offline.ts';
import { saturatedRate } from './instances.ts';
import type { ScenarioContext } from './scenario-context.ts';

type Point = { batchSize: number; instanceCount: number; intraOpThreads: number };

/** @param runMsOf the time of a run at a point; it may throw */
async function measure(
  plan: Partial<Parameters<typeof offline.measure>[0]>,
  runMsOf: (point: Point, method: string) => number,
  changes: Partial<ScenarioContext> = {},
) {
  const points = new Map<number, Point>();
  const random = createRandom(1);
  const fake = fakeScenarioContext((method, params, engineNumber) => {
    if (method === 'instances.load') {
      const { settings, instanceCount } = params as EngineParams<'instances.load'>;
      points.set(engineNumber, { ...settings, instanceCount });
    }
    const point = points.get(engineNumber) as Point;
    const runMs = runMsOf(point, method);
    const serviceMs = (): number => runMs * (1 + 0.02 * random());
    return method === 'instances.serve'
      ? serveVirtually(params, { serviceMs, instanceCount: point.instanceCount })
      : {};
  }, changes);
  await offline.measure(offlinePlanSchema.parse({ kind: 'offline', ...plan }), fake.context);
  const result = deriveOffline(fake.blocks.filter((block) => block.kind === 'offline'));
  return { result, killedCount: fake.killedCount() };
}

const named = ({ batchSize, instanceCount }: Pick<Point, 'batchSize' | 'instanceCount'>): string =>
  `${batchSize}×${instanceCount}`;

describe('the largest throughput', () => {
  it('is named with the points that cannot be told from it', async () => {
    const times: Record<string, number> = { '1×1': 4, '8×1': 32, '1×2': 4, '8×2': 32 };
    const { result, killedCount } = await measure(
      { batchSizes: [1, 8], instanceCounts: [1, 2] },
      (point) => times[named(point)] as number,
    );
    // Eight times the items in eight times the time are as many per second.
    expect(result?.points.slice(0, 2).map(named).toSorted()).toEqual(['1×2', '8×2']);
    expect(result?.points.map(({ verdict }) => verdict)).toEqual(['best', 'indistinguishable', 'slower', 'slower']);
    expect(result?.points[0]?.itemsPerSecond.estimate).toBeCloseTo(495, -1);
    expect(killedCount).toBe(4);
  });

  it('divides the cores among instances where ONNX Runtime would choose, and takes a number as it is', async () => {
    const { result } = await measure({ batchSizes: [1] }, () => 2);
    expect(result?.points.map((point) => [point.instanceCount, point.intraOpThreads]).toSorted()).toEqual([
      [1, 0],
      [2, 1],
    ]);
  });

  it('has one instance by itself on a provider that runs one at a time, and says why there are no more', async () => {
    const { context } = fakeScenarioContext(() => ({}));
    const run = { ...context.run, provider: 'node:webgpu' as const };
    expect((await measure({ batchSizes: [1] }, () => 2, { run })).result?.points.map(named)).toEqual(['1×1']);
    const { result } = await measure({ batchSizes: [1], instanceCounts: [2] }, () => 2, { run });
    expect(result?.failures[0]?.error).toMatchObject({
      kind: 'unsupported',
      message: expect.stringContaining('one session'),
    });
  });

  it('goes on with the other points when one fails, and says why', async () => {
    const { result } = await measure({ batchSizes: [1, 8], instanceCounts: [1] }, ({ batchSize }, method) => {
      if (batchSize === 8 && method === 'instances.load')
        throw new AppError('unsupported', 'The model fixes its batch to 1.');
      return 2;
    });
    expect(result?.points.map(named)).toEqual(['1×1']);
    expect(result?.failures).toMatchObject([{ batchSize: 8, error: { message: 'The model fixes its batch to 1.' } }]);
  });

  it('leaves out what does not fit into memory', async () => {
    const { result } = await measure({ batchSizes: [1], instanceCounts: [1, 2] }, () => 2, {
      availableMemory: () => 0,
    });
    expect(result?.points).toEqual([]);
    expect(result?.failures.map(({ error }) => error.kind)).toEqual(['out-of-memory', 'out-of-memory']);
  });

  it('has no interval where slow runs leave time for few rounds', async () => {
    const plan = { batchSizes: [1], instanceCounts: [1], timeLimitSeconds: 11 };
    const { result } = await measure(plan, () => 1000, { medianMs: 1000 });
    expect(result?.points[0]?.blockCount).toBe(2);
    expect(result?.points[0]?.itemsPerSecond).toMatchObject({ ciLow: null, ciHigh: null });
  });

  it('leaves out the points that its time does not reach, however slow the model', async () => {
    const plan = { batchSizes: [1, 64], instanceCounts: [1], timeLimitSeconds: 20 };
    const { result } = await measure(plan, ({ batchSize }) => 1000 * batchSize, { medianMs: 1000 });
    expect(result?.points.map(named)).toEqual(['1×1']);
    expect(result?.failures).toMatchObject([
      { batchSize: 64, error: { message: expect.stringContaining('5 min 20 s') } },
    ]);
  });

  it('is not measured in browsers, which is said before anything is loaded', () => {
    const { context } = fakeScenarioContext(() => ({}));
    expect(offline.obstacleOf({ ...context.run, provider: 'web:wasm' })).toContain('node:');
    expect(offline.obstacleOf(context.run)).toBeNull();
  });
});

it('the rate of instances is the sum of theirs, each until its own last run ended', () => {
  const served = { endedMs: Float64Array.of(10, 20, 30, 25), takenBy: Uint8Array.of(0, 0, 0, 1) };
  expect(saturatedRate(served)).toBeCloseTo(100 + 40);
});
