/** Scenarios from plan to result: with the fake engine, whose queue has a known answer, and with real instances. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { childPids } from '../fakes/child-pids.ts';
import type { Run } from '../../src/shared/run.ts';
import type { ScenarioKind, ScenarioOutcome } from '../../src/shared/scenarios/scenario.ts';
import {
  AT_ONCE_MS,
  createTemporaryFolder,
  finish,
  importFake,
  openWorkbench,
  realEnginePath,
  removeFolder,
  samplesPath,
  type TestWorkbench,
  waitFor,
} from '../fakes/test-workbench.ts';

let folder: string;
beforeEach(() => {
  folder = createTemporaryFolder();
});
afterEach(() => removeFolder(folder));

type Plan = Parameters<TestWorkbench['client']['experiments']['start']>[0];

async function withWorkbench(enginePath: string | undefined, use: (workbench: TestWorkbench) => Promise<void>) {
  const workbench = await openWorkbench(join(folder, 'home'), enginePath === undefined ? {} : { enginePath });
  try {
    await use(workbench);
  } finally {
    await workbench.close();
  }
}

async function measure({ client }: TestWorkbench, plan: Pick<Plan, 'variantIds' | 'scenarios'>) {
  const started = await client.experiments.start({
    providers: ['node:cpu'],
    timeBudgetSeconds: 1,
    profile: false,
    seed: 7,
    ...plan,
  });
  const job = await finish(client, started.jobId);
  const experiment = await client.experiments.get({ id: started.experimentId });
  return { job, experiment, run: experiment.runs[0] as Run };
}

function outcomeOf<Kind extends ScenarioKind>(run: Run | undefined, kind: Kind) {
  return run?.scenarios?.find((item) => item.kind === kind) as Extract<ScenarioOutcome, { kind: Kind }> | undefined;
}

describe('scenarios of a model whose every run takes 2 ms', () => {
  test('find what queueing theory says, and travel with an export', async () => {
    await withWorkbench(undefined, async (workbench) => {
      const id = await importFake(workbench.client, folder, { name: 'fake', runMs: 2 });
      const { experiment, run } = await measure(workbench, {
        variantIds: [id],
        scenarios: [
          { kind: 'single-stream' },
          { kind: 'multi-stream', timeLimitSeconds: 1 },
          { kind: 'offline', batchSizes: [1, 8], instanceCounts: [1, 2], timeLimitSeconds: 20 },
          { kind: 'server', latencyBoundMs: 20, timeLimitSeconds: 120 },
        ],
      });
      expect(run.scenarios?.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
        'single-stream completed',
        'multi-stream completed',
        'offline completed',
        'server completed',
      ]);
      expect(outcomeOf(run, 'single-stream')?.result?.latencyMs.count).toBe(run.sampleCount);
      expect(outcomeOf(run, 'multi-stream')?.result).toMatchObject({ itemsPerQuery: 8, runsPerQuery: 1 });
      // 2 ms a run whatever the batch: 8 items on each of two instances are 8000 items per second.
      const points = outcomeOf(run, 'offline')?.result?.points ?? [];
      expect(points.map(({ batchSize, instanceCount }) => [batchSize, instanceCount])[0]).toEqual([8, 2]);
      expect(points[0]?.itemsPerSecond.estimate).toBeCloseTo(8000, -1);
      expect(points.map(({ verdict }) => verdict)).toEqual(['best', 'slower', 'slower', 'slower']);
      // M/D/1: 387 requests per second at most.
      const server = outcomeOf(run, 'server')?.result;
      expect(server).toMatchObject({ verdict: 'confirmed', boundSource: 'plan' });
      expect(server?.ratePerSecond).toBeLessThan(387);
      expect(server?.ratePerSecond).toBeGreaterThan(250);

      const path = join(folder, 'runs.json');
      await workbench.client.runs.export({ ids: [experiment.id], path });
      const other = await openWorkbench(join(folder, 'other-home'));
      try {
        await other.client.runs.import({ path });
        const [imported] = (await other.client.experiments.get({ id: experiment.id })).runs;
        expect(imported?.scenarios).toEqual(run.scenarios);
      } finally {
        await other.close();
      }
    });
  });

  test('fail alone when the process crashes, and leave the run as it was', async () => {
    await withWorkbench(undefined, async (workbench) => {
      const id = await importFake(workbench.client, folder, {
        name: 'fake',
        runMs: 2,
        on: { 'instances.serve': 'crash' },
      });
      const { job, run } = await measure(workbench, {
        variantIds: [id],
        scenarios: [{ kind: 'server' }, { kind: 'offline', timeLimitSeconds: 5 }, { kind: 'single-stream' }],
      });
      expect([job.status, run.status]).toEqual(['completed', 'completed']);
      expect(outcomeOf(run, 'server')).toMatchObject({
        status: 'failed',
        error: { kind: 'engine-crashed' },
        result: null,
      });
      // Every point failed, each with its reason.
      const failures = outcomeOf(run, 'offline')?.result?.failures ?? [];
      expect(failures.length).toBeGreaterThanOrEqual(3);
      expect(failures.every(({ error }) => error.kind === 'engine-crashed')).toBe(true);
      expect(outcomeOf(run, 'single-stream')?.status).toBe('completed');
    });
  });

  test('are cancelled at once, and what is over is not repeated', async () => {
    await withWorkbench(undefined, async ({ client }) => {
      const id = await importFake(client, folder, { name: 'fake', runMs: 2, on: { 'instances.load': 'hang' } });
      const { experimentId, jobId } = await client.experiments.start({
        variantIds: [id],
        providers: ['node:cpu'],
        timeBudgetSeconds: 1,
        profile: false,
        scenarios: [{ kind: 'multi-stream', timeLimitSeconds: 1 }, { kind: 'server' }],
      });
      const untilItHangs = () =>
        waitFor(async () => (await client.jobs.get({ id: jobId })).message.includes('server: loading'));
      const read = async () => (await client.experiments.get({ id: experimentId })).runs[0];
      await untilItHangs();
      const before = await read();
      expect(outcomeOf(before, 'multi-stream')?.status).toBe('completed');
      const cancelMs = performance.now();
      await client.jobs.cancel({ id: jobId });
      expect(performance.now() - cancelMs).toBeLessThan(AT_ONCE_MS);
      await client.jobs.resume({ id: jobId });
      await untilItHangs();
      expect(outcomeOf(await read(), 'multi-stream')).toEqual(outcomeOf(before, 'multi-stream'));
      await client.jobs.cancel({ id: jobId });
    });
  });
});

test('real instances answer requests that arrive on their own, and all of them at once, until they are cancelled', async () => {
  await withWorkbench(realEnginePath, async (workbench) => {
    const { variant } = await workbench.client.models.import({ path: join(samplesPath, 'fashion-resnet.onnx') });
    const { run } = await measure(workbench, {
      variantIds: [variant.id],
      scenarios: [
        { kind: 'offline', batchSizes: [4], instanceCounts: [1, 2], timeLimitSeconds: 2 },
        { kind: 'server', latencyBoundMs: 500, instanceCount: 2, timeLimitSeconds: 4 },
      ],
    });
    const offline = outcomeOf(run, 'offline');
    expect(offline).toMatchObject({ status: 'completed', result: { failures: [] } });
    expect(offline?.result?.points.map(({ instanceCount }) => instanceCount).toSorted()).toEqual([1, 2]);
    for (const { itemsPerSecond, latencyMs, instanceCount } of offline?.result?.points ?? []) {
      // What instances did at most in the time that their runs took.
      expect(itemsPerSecond.estimate).toBeGreaterThan(0);
      expect(latencyMs.count).toBeGreaterThanOrEqual(instanceCount);
    }
    const server = outcomeOf(run, 'server');
    expect(server).toMatchObject({ status: 'completed', result: { instanceCount: 2, latencyBoundMs: 500 } });
    expect(server?.result?.probes.length).toBeGreaterThan(0);
    for (const probe of server?.result?.probes ?? []) {
      expect(probe.ratePerSecond).toBeLessThanOrEqual(1.2 * (server?.result?.capacityPerSecond ?? 0));
      expect(probe.utilisation).toBeGreaterThan(0);
      expect(probe.utilisation).toBeLessThanOrEqual(1);
      expect(probe.latencyMs.count).toBeLessThanOrEqual(probe.plannedCount);
    }

    if (process.platform !== 'linux') return;
    const { client } = workbench;
    const before = childPids();
    const { experimentId, jobId } = await client.experiments.start({
      variantIds: [variant.id],
      providers: ['node:cpu'],
      timeBudgetSeconds: 1,
      profile: false,
      scenarios: [{ kind: 'server', latencyBoundMs: 500, instanceCount: 2, timeLimitSeconds: 600 }],
    });
    await waitFor(async () => (await client.jobs.get({ id: jobId })).message.includes('requests per second'));
    const cancelMs = performance.now();
    await client.jobs.cancel({ id: jobId });
    expect(performance.now() - cancelMs).toBeLessThan(AT_ONCE_MS);
    expect(childPids()).toEqual(before);
    const { runs } = await client.experiments.get({ id: experimentId });
    expect(outcomeOf(runs[0], 'server')?.status).not.toBe('completed');
  });
});
