import { describe, expect, it, vi } from 'vitest';
import { AppError } from '#shared/app-error.ts';
import type { EngineParams } from '#shared/engine-protocol.ts';
import { deriveOffline, offlinePlanSchema } from '#shared/scenarios/offline.ts';
import { createRandom } from '#shared/statistics/random.ts';
import { serveVirtually } from '../../../../tests/fakes/fake-instances.ts';
import { fakeDevice } from '../../../../tests/fakes/fake-device.ts';
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
  const serves: { silenceLimitMs: number; killedBefore: number }[] = [];
  const fake = fakeScenarioContext((method, params, engineNumber, { silenceLimitMs }) => {
    if (method === 'instances.serve') serves.push({ silenceLimitMs, killedBefore: fake.killedCount() });
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
  return { result, killedCount: fake.killedCount(), serves };
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
    expect(
      result?.points.map((point) => [point.instanceCount, point.intraOpThreads, point.threadCount]).toSorted(),
    ).toEqual([
      [1, 0, 2],
      [2, 1, 2],
    ]);
  });

  it.each([
    ['half a core', { usableCores: 0.5, physicalCores: 8 }, [1]],
    ['a core and a half', { usableCores: 1.5, physicalCores: 8 }, [1]],
    ['three cores and a half', { usableCores: 3.5, physicalCores: 8 }, [1, 2, 3]],
    ['384 cores', { usableCores: 384, physicalCores: 384 }, [1, 2, 4, 8, 16, 32, 64]],
  ])('tries whole numbers of instances that a plan may ask for, on %s', async (_what, cpu, expected) => {
    const device = { ...fakeDevice, cpu: { ...fakeDevice.cpu, ...cpu } };
    const { result } = await measure({ batchSizes: [1], timeLimitSeconds: 1 }, () => 100, { device });
    const tried = [...(result?.points ?? []), ...(result?.failures ?? [])];
    expect(tried.map(({ instanceCount }) => instanceCount).toSorted((a, b) => a - b)).toEqual(expected);
  });

  it('gives a block time for five runs as long as they are at its own point', async () => {
    // Sixteen instances take the cores from one another: runs are eight times as long as the case's.
    const plan = { batchSizes: [1], instanceCounts: [1, 16], timeLimitSeconds: 60 };
    const { result } = await measure(plan, ({ instanceCount }) => (instanceCount === 1 ? 100 : 800), { medianMs: 100 });
    const crowded = result?.points.find(({ instanceCount }) => instanceCount === 16);
    const runsPerBlock = (crowded?.latencyMs.count ?? 0) / (crowded?.blockCount ?? 1);
    expect(runsPerBlock).toBeGreaterThanOrEqual(5 * 16);
  });

  it('has patience with runs that take minutes, and more once it knows', async () => {
    const runMs = 120_000;
    const plan = { batchSizes: [1], instanceCounts: [1], timeLimitSeconds: 3600 };
    const { serves } = await measure(plan, () => runMs);
    expect(serves[0]?.silenceLimitMs).toBeGreaterThan(2 * runMs);
    expect(serves[1]?.silenceLimitMs).toBeGreaterThan(20 * runMs);
  });

  it('goes by the runs of the case where the warm-up was over before any began', async () => {
    let servedCount = 0;
    const { context, blocks } = fakeScenarioContext(
      (method, params) => {
        if (method !== 'instances.serve') return {};
        servedCount += 1;
        const served = serveVirtually(params, { serviceMs: () => 800, instanceCount: 1 });
        const none = { begunMs: new Float64Array(), endedMs: new Float64Array(), takenBy: new Uint8Array() };
        return servedCount === 1 ? { ...served, ...none } : served;
      },
      { medianMs: 100 },
    );
    const plan = { kind: 'offline', batchSizes: [8], instanceCounts: [1], timeLimitSeconds: 4 };
    await offline.measure(offlinePlanSchema.parse(plan), context);
    expect(blocks[0]?.samplesMs).toHaveLength(6);
  });

  it('ends the process of a point that failed before it goes on', async () => {
    let servedCount = 0;
    const plan = { batchSizes: [1, 8], instanceCounts: [1] };
    const { result, serves } = await measure(plan, ({ batchSize }, method) => {
      if (method === 'instances.serve') servedCount += 1;
      // Both are warmed up first.
      if (batchSize === 8 && servedCount > 2) throw new AppError('invalid-input', 'It fails.');
      return 2;
    });
    expect(result?.failures).toHaveLength(1);
    expect(result?.points[0]?.blockCount).toBe(12);
    expect(serves.at(-1)?.killedBefore).toBe(1);
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
    const plan = { batchSizes: [1], instanceCounts: [1], timeLimitSeconds: 14 };
    const { result } = await measure(plan, () => 1000, { medianMs: 1000 });
    expect(result?.points[0]?.blockCount).toBe(2);
    expect(result?.points[0]?.itemsPerSecond).toMatchObject({ ciLow: null, ciHigh: null });
  });

  it('leaves out the points that its time does not reach, however slow the model', async () => {
    const plan = { batchSizes: [1, 64], instanceCounts: [1], timeLimitSeconds: 20 };
    const { result } = await measure(plan, ({ batchSize }) => 1000 * batchSize, { medianMs: 1000 });
    expect(result?.points.map(named)).toEqual(['1×1']);
    expect(result?.failures).toMatchObject([{ batchSize: 64, error: { message: expect.stringContaining('5 min 2') } }]);
  });

  it('loads no point of which one block would take longer than all points may', async () => {
    const loaded: number[] = [];
    const plan = { batchSizes: [1, 8], instanceCounts: [1], timeLimitSeconds: 10 };
    const timed = (batchSize: number, changes: Partial<ScenarioContext>) =>
      measure(
        plan,
        (point, method) => {
          if (method === 'instances.load') loaded.push(point.batchSize);
          return 400 * point.batchSize;
        },
        { medianMs: 400 * batchSize, ...changes },
      );
    const { result } = await timed(1, {});
    expect(loaded).toEqual([1]);
    expect(result?.failures).toMatchObject([{ batchSize: 8, error: { message: expect.stringContaining('16 s') } }]);
    // The times of a case belong to its own batch.
    const { context } = fakeScenarioContext(() => ({}));
    const run = { ...context.run, settings: { ...context.run.settings, batchSize: 4 } };
    await timed(4, { run });
    expect(loaded).toEqual([1, 1]);
  });

  it('loads no more points when loading has taken as long as the scenario may', async () => {
    let nowMs = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
    const plan = { batchSizes: [1, 2, 4], instanceCounts: [1], timeLimitSeconds: 10 };
    const { result } = await measure(plan, (_point, method) => {
      if (method === 'instances.load') nowMs += 16_000;
      return 2;
    });
    clock.mockRestore();
    expect(result?.points.map(({ batchSize }) => batchSize).toSorted()).toEqual([1, 2]);
    expect(result?.failures).toMatchObject([
      { batchSize: 4, error: { message: expect.stringContaining('took 32 s') } },
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
