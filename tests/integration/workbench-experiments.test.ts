/** Experiments from plan to comparison, with real processes (of the fake engine) that behave and misbehave. */
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FEWEST_ROUNDS } from '../../src/shared/round-plan.ts';
import {
  AT_ONCE_MS,
  createTemporaryFolder,
  finish,
  importFake,
  openWorkbench,
  removeFolder,
  type TestWorkbench,
  untilDecided,
  waitFor,
} from '../fakes/test-workbench.ts';

let folder: string;
let workbench: TestWorkbench;
beforeEach(async () => {
  folder = createTemporaryFolder();
  workbench = await openWorkbench(join(folder, 'home'));
});
afterEach(async () => {
  await workbench.close();
  removeFolder(folder);
});

type Plan = Parameters<TestWorkbench['client']['experiments']['start']>[0];

async function runExperiment(plan: Plan, { client } = workbench) {
  const { experimentId, jobId } = await client.experiments.start({ timeBudgetSeconds: 1, ...plan });
  const job = await finish(client, jobId);
  return { job, experiment: await client.experiments.get({ id: experimentId }) };
}

describe('an experiment', () => {
  test('ends at a look when every comparison is decided, and remembers that it looked', async () => {
    const { client } = workbench;
    const slow = await importFake(client, folder, { name: 'slow', runMs: 0.4 });
    const quick = await importFake(client, folder, { name: 'quick', runMs: 0.2 });
    const { experiment } = await runExperiment({ ...untilDecided, variantIds: [slow, quick] });
    expect(experiment.looks).toEqual([12]);
    expect(experiment.comparisons).toMatchObject([{ verdict: 'faster', pairCount: 12 }]);
    const path = join(folder, 'runs.json');
    await client.runs.export({ ids: [experiment.id], path });
    const other = await openWorkbench(join(folder, 'other-home'));
    try {
      await other.client.runs.import({ path });
      const imported = await other.client.experiments.get({ id: experiment.id });
      expect(imported.looks).toEqual(experiment.looks);
      expect(imported.comparisons).toEqual(experiment.comparisons);
    } finally {
      await other.close();
    }
  });

  test('measures all cases interleaved, keeps raw samples, and compares with the first model', async () => {
    const { client } = workbench;
    const slow = await importFake(client, folder, { name: 'slow', runMs: 0.4 });
    const quick = await importFake(client, folder, { name: 'quick', runMs: 0.2 });
    const { job, experiment } = await runExperiment({ ...untilDecided, variantIds: [slow, quick] });
    expect(job).toMatchObject({ status: 'completed', progress: 1, result: { experimentId: experiment.id } });
    expect(experiment).toMatchObject({
      status: 'completed',
      name: 'slow and quick',
      deviceName: 'Fake CPU, 2 cores',
      runCount: 2,
      completedRunCount: 2,
      isImported: false,
    });
    expect(experiment.plan.seed).toBeTypeOf('number');
    const [first, second] = experiment.runs;
    expect(second).toMatchObject({
      status: 'completed',
      model: { name: 'quick', sha256: quick },
      loadMs: 5,
      firstRunMs: 3,
      warmUpRunCount: 10,
      stability: { verdict: 'stable' },
      placement: [{ provider: 'CPUExecutionProvider', nodeCount: 7, timeShare: 1 }],
      parity: null,
      error: null,
    });
    expect(second?.latencyMs?.median).toBeCloseTo(0.204, 5);
    expect(second?.throughputPerSecond).toBeCloseTo(1000 / 0.204, 3);
    expect(experiment.comparisons).toEqual([
      expect.objectContaining({ baselineRunId: first?.id, candidateRunId: second?.id, verdict: 'faster' }),
    ]);
    const samples = await Promise.all(experiment.runs.map((run) => client.runs.samples({ runId: run.id })));
    const rounds = samples.map(({ blocks }) => blocks.map((block) => block.round));
    expect(rounds[0]).toEqual(rounds[1]);
    expect(rounds[0]?.length).toBeGreaterThanOrEqual(FEWEST_ROUNDS);
    expect(samples[0]?.blocks.flatMap((block) => block.samplesMs)).toHaveLength(first?.sampleCount ?? -1);
    // Neither of the two is always measured first.
    const isFirstEarlier = samples[0]?.blocks.map(
      (block, index) => block.startedAtMs < (samples[1]?.blocks[index]?.startedAtMs ?? 0),
    );
    expect(new Set(isFirstEarlier).size).toBe(2);
    expect(await client.runs.get({ id: first?.id ?? '' })).toEqual(first);
  });

  test('a model named twice is measured twice, and the two are indistinguishable', async () => {
    const id = await importFake(workbench.client, folder, { name: 'same', runMs: 0.2 });
    const { experiment } = await runExperiment({ ...untilDecided, variantIds: [id, id] });
    expect(experiment.comparisons.map((comparison) => comparison.verdict)).toEqual(['indistinguishable']);
  });

  test('threads and batch sizes make cases of their own; too many threads are warned of', async () => {
    const id = await importFake(workbench.client, folder, { name: 'net' });
    const { experiment } = await runExperiment({
      variantIds: [id],
      providers: ['node:cpu'],
      intraOpThreads: [1, 16],
      batchSizes: [1, 8],
      profile: false,
    });
    expect(experiment.runs.map(({ settings }) => [settings.intraOpThreads, settings.batchSize])).toEqual([
      [1, 1],
      [1, 8],
      [16, 1],
      [16, 8],
    ]);
    const warned = experiment.runs.map((run) => run.warnings.some(({ kind }) => kind === 'thread-oversubscription'));
    expect(warned).toEqual([false, false, true, true]);
    expect(experiment.runs.every((run) => run.placement.length === 0)).toBe(true);
    const [single, , , batched] = experiment.runs;
    expect((batched?.throughputPerSecond ?? 0) / (single?.throughputPerSecond ?? 1)).toBeCloseTo(8, 0);
  });
});

const mishaps = [
  ['crashes while measuring', { 'session.measure': 'crash' }, 'failed', 'engine-crashed', /SIGSEGV.*about to crash/],
  ['crashes while loading', { 'session.load': 'abort' }, 'failed', 'engine-crashed', /session\.load/],
  ['runs out of memory', { 'session.load': 'out-of-memory' }, 'failed', 'out-of-memory', /bad_alloc/],
  ['exits without a word', { 'session.warmUp': 'exit-0' }, 'failed', 'engine-crashed', /exit code 0/],
  ['closes its channel', { 'session.firstRun': 'disconnect' }, 'failed', 'engine-crashed', /closed its connection/],
  ['is refused by the provider', { 'session.load': 'error' }, 'failed', 'provider-failed', /The fake failed/],
  ['is not supported', { 'session.load': 'unsupported' }, 'unsupported', 'unsupported', /does not support/],
] as const;

describe('of cases that go wrong, each in its way', () => {
  let own: TestWorkbench;
  let ownFolder: string;
  let measured: Awaited<ReturnType<typeof runExperiment>>;
  beforeAll(async () => {
    ownFolder = createTemporaryFolder();
    own = await openWorkbench(join(ownFolder, 'home'));
    const variantIds: string[] = [];
    for (const [name, runMs] of Object.entries({ good: 0.4, 'as good': 0.2 })) {
      variantIds.push(await importFake(own.client, ownFolder, { name, runMs }));
    }
    for (const [name, on] of mishaps) variantIds.push(await importFake(own.client, ownFolder, { name, on }));
    measured = await runExperiment({ ...untilDecided, variantIds }, own);
  });
  afterAll(async () => {
    await own.close();
    removeFolder(ownFolder);
  });

  test('those that are in order are measured', () => {
    expect(measured.job.status).toBe('completed');
    for (const run of measured.experiment.runs.slice(0, 2)) {
      expect(run).toMatchObject({ status: 'completed', error: null });
      expect(run.blockCount).toBeGreaterThanOrEqual(FEWEST_ROUNDS);
    }
  });

  test.each(mishaps)('one that %s fails alone', async (name, _, status, kind, message) => {
    const run = measured.experiment.runs.find(({ model }) => model.name === name);
    expect(run).toMatchObject({ status, error: { kind, message: expect.stringMatching(message) } });
    const log = await own.client.jobs.log({ id: measured.job.id });
    expect(log.some(({ text }) => text.includes(name) && message.test(text))).toBe(true);
  });
});

describe('a case that goes wrong', () => {
  test('and crashes midway keeps the blocks that were saved', async () => {
    const { client } = workbench;
    const good = await importFake(client, folder, { name: 'good', runMs: 0.4 });
    const bad = await importFake(client, folder, { name: 'bad', on: { 'session.measure': 'crash' }, after: 3 });
    const other = await importFake(client, folder, { name: 'other', runMs: 0.2 });
    const { experiment } = await runExperiment({ ...untilDecided, variantIds: [good, bad, other] });
    expect(experiment.runs[1]).toMatchObject({ status: 'failed', blockCount: 3 });
    // Beside rounds that it did measure.
    expect(experiment.comparisons).toMatchObject([{ candidateRunId: experiment.runs[2]?.id }]);
  });

  test('because its results differ from the CPU shows no time', async () => {
    const outputs = { 'node:cpu': 1, 'node:webgpu': 2 };
    const id = await importFake(workbench.client, folder, { name: 'wrong', outputs });
    const { experiment } = await runExperiment({ variantIds: [id], providers: ['node:cpu', 'node:webgpu'] });
    const [onCpu, onGpu] = experiment.runs;
    expect(onCpu).toMatchObject({ status: 'completed', parity: null });
    expect(onGpu).toMatchObject({
      status: 'failed',
      error: { kind: 'parity-failed' },
      parity: { passed: false },
      latencyMs: null,
      blockCount: 0,
    });
  });

  test('because its CPU reference fails says so', async () => {
    const id = await importFake(workbench.client, folder, { name: 'x', on: { 'session.firstRun': 'error' }, after: 1 });
    const { experiment } = await runExperiment({ variantIds: [id], providers: ['node:webgpu'] });
    expect(experiment.runs[0]).toMatchObject({ status: 'completed', parity: { passed: true } });
  });

  test('on a provider that cannot exist here is unsupported, with the reason', async () => {
    const id = await importFake(workbench.client, folder, { name: 'net' });
    const { experiment } = await runExperiment({
      variantIds: [id],
      providers: ['node:cpu', 'node:dml', 'web:wasm'],
    });
    expect(experiment.runs.map((run) => run.status)).toEqual(['completed', 'unsupported', 'unsupported']);
    expect(experiment.runs[1]?.error?.message).toContain('Windows only');
    expect(experiment.runs[2]?.error?.message).toContain('browser');
  });

  test('and is the only one fails the experiment and its job', async () => {
    const id = await importFake(workbench.client, folder, { name: 'bad', on: { 'session.load': 'error' } });
    const { job, experiment } = await runExperiment({ variantIds: [id], providers: ['node:cpu'] });
    expect(job).toMatchObject({ status: 'failed', error: { kind: 'provider-failed' } });
    expect(experiment).toMatchObject({ status: 'failed', error: { message: expect.stringContaining('No case') } });
  });
});

/** Fewer than the first look needs, and more than half of them: the process that goes on does not hang again before it. */
const BLOCKS_UNTIL_HANGING = 8;

/** Two models, of which the second hangs in the middle of an experiment, so that it is not over before it is cancelled. */
async function importHanging(client: TestWorkbench['client']): Promise<string[]> {
  const hanging = { on: { 'session.measure': 'hang' as const }, after: BLOCKS_UNTIL_HANGING };
  return [
    await importFake(client, folder, { name: 'a', runMs: 0.4 }),
    await importFake(client, folder, { name: 'b', runMs: 0.2, ...hanging }),
  ];
}

describe('cancel and resume', () => {
  test('cancel stops a measuring job at once and keeps its blocks; resume goes on from them', async () => {
    const { client } = workbench;
    const variantIds = await importHanging(client);
    const started = await client.experiments.start({ ...untilDecided, variantIds });
    const read = () => client.experiments.get({ id: started.experimentId });
    await waitFor(async () => (await read()).runs.every((run) => run.blockCount >= BLOCKS_UNTIL_HANGING));
    const cancelMs = performance.now();
    const job = await client.jobs.cancel({ id: started.jobId });
    expect(performance.now() - cancelMs).toBeLessThan(AT_ONCE_MS);
    expect(job).toMatchObject({ status: 'cancelled', error: null });
    const cancelled = await read();
    expect(cancelled.status).toBe('cancelled');
    expect(cancelled.runs.map((run) => run.status)).toEqual(['cancelled', 'cancelled']);
    const [kept] = await Promise.all(cancelled.runs.map((run) => client.runs.samples({ runId: run.id })));
    expect(kept?.blocks.length).toBeGreaterThanOrEqual(BLOCKS_UNTIL_HANGING);

    await client.jobs.resume({ id: started.jobId });
    expect((await finish(client, started.jobId)).status).toBe('completed');
    const resumed = await read();
    expect(resumed.runs.map((run) => run.status)).toEqual(['completed', 'completed']);
    const after = await client.runs.samples({ runId: resumed.runs[0]?.id ?? '' });
    expect(after.blocks.slice(0, kept?.blocks.length)).toEqual(kept?.blocks);
    expect(after.blocks.map((block) => block.blockIndex)).toEqual(after.blocks.map((_, index) => index));
    const rounds = after.blocks.map((block) => block.round);
    expect(rounds).toEqual(rounds.toSorted((a, b) => a - b));
    expect(new Set(rounds).size).toBe(rounds.length);
  });

  test('what is resumed after its rounds measures none without the others beside it', async () => {
    const { client } = workbench;
    // A look ends the rounds after twelve blocks; the continuous runs of the second case hang, until it is resumed without rounds.
    const variantIds = [
      await importFake(client, folder, { name: 'a', runMs: 0.4 }),
      await importFake(client, folder, { name: 'b', runMs: 0.2, on: { 'session.measure': 'hang' }, after: 12 }),
    ];
    const started = await client.experiments.start({ ...untilDecided, variantIds, sustainedSeconds: 1 });
    const read = () => client.experiments.get({ id: started.experimentId });
    await waitFor(async () => (await read()).runs[0]?.status === 'completed');
    await client.jobs.cancel({ id: started.jobId });
    const before = await read();
    expect(before.runs.map((run) => run.status)).toEqual(['completed', 'cancelled']);
    await client.jobs.resume({ id: started.jobId });
    expect((await finish(client, started.jobId)).status).toBe('completed');
    const after = await read();
    expect(after.runs[1]?.status).toBe('completed');
    expect(after.runs.map((run) => run.blockCount)).toEqual(before.runs.map((run) => run.blockCount));
  });

  test('a hanging engine is cancelled just as quickly', async () => {
    const { client } = workbench;
    const id = await importFake(client, folder, { name: 'hangs', on: { 'session.load': 'hang' } });
    const started = await client.experiments.start({ variantIds: [id], providers: ['node:cpu'], timeBudgetSeconds: 1 });
    await waitFor(async () => (await client.jobs.get({ id: started.jobId })).message.startsWith('Loading'));
    const cancelMs = performance.now();
    expect((await client.jobs.cancel({ id: started.jobId })).status).toBe('cancelled');
    expect(performance.now() - cancelMs).toBeLessThan(AT_ONCE_MS);
  });

  test('closing the workbench interrupts, and the next start can resume', async () => {
    const { client } = workbench;
    const variantIds = await importHanging(client);
    const started = await client.experiments.start({ ...untilDecided, variantIds });
    const read = () => client.experiments.get({ id: started.experimentId });
    await waitFor(async () => (await read()).runs.every((run) => run.blockCount >= BLOCKS_UNTIL_HANGING));
    await workbench.close();
    workbench = await openWorkbench(join(folder, 'home'));
    const interrupted = await workbench.client.experiments.get({ id: started.experimentId });
    expect(interrupted).toMatchObject({ status: 'interrupted', runs: [{ status: 'pending' }, { status: 'pending' }] });
    expect(await workbench.client.jobs.get({ id: started.jobId })).toMatchObject({ status: 'interrupted' });
    await workbench.client.jobs.resume({ id: started.jobId });
    expect((await finish(workbench.client, started.jobId)).status).toBe('completed');
    const resumed = await workbench.client.experiments.get({ id: started.experimentId });
    expect(resumed).toMatchObject({ status: 'completed', error: null });
    expect(resumed.runs.map((run) => run.status)).toEqual(['completed', 'completed']);
  });
});

describe('the list of experiments', () => {
  test('rename, remove and restore', async () => {
    const { client } = workbench;
    const id = await importFake(client, folder, { name: 'net' });
    const { experiment } = await runExperiment({ variantIds: [id], providers: ['node:cpu'], name: 'First' });
    await client.experiments.rename({ id: experiment.id, name: 'Renamed' });
    expect((await client.experiments.list()).map(({ name }) => name)).toEqual(['Renamed']);
    await client.experiments.remove({ id: experiment.id });
    expect(await client.experiments.list()).toEqual([]);
    await expect(client.experiments.get({ id: experiment.id })).rejects.toMatchObject({ data: { kind: 'not-found' } });
    expect(await client.experiments.restore({ id: experiment.id })).toMatchObject({ name: 'Renamed' });
    await client.experiments.remove({ id: experiment.id });
    await workbench.close();
    workbench = await openWorkbench(join(folder, 'home'));
    await expect(workbench.client.experiments.restore({ id: experiment.id })).rejects.toMatchObject({
      data: { kind: 'not-found' },
    });
  });

  test('a model that was removed still stands in its runs', async () => {
    const { client } = workbench;
    const id = await importFake(client, folder, { name: 'net' });
    const { experiment } = await runExperiment({ variantIds: [id], providers: ['node:cpu'] });
    await client.models.remove({ id });
    expect((await client.experiments.get({ id: experiment.id })).runs[0]?.model).toMatchObject({
      name: 'net',
      sha256: id,
    });
  });

  test('an unknown model is refused before anything begins', async () => {
    const starting = workbench.client.experiments.start({ variantIds: ['f'.repeat(64)], providers: ['node:cpu'] });
    await expect(starting).rejects.toMatchObject({ data: { kind: 'not-found' } });
    expect(await workbench.client.jobs.list({})).toEqual([]);
  });
});
