/** The whole way on the real parts: bundled samples, the real engine in real processes, ONNX Runtime, SQLite. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Model } from '../../src/shared/model.ts';
import type { Recipe } from '../../src/shared/recipe.ts';
import {
  AT_ONCE_MS,
  createTemporaryFolder,
  finish,
  openWorkbench,
  realEnginePath,
  removeFolder,
  samplesPath,
  type TestWorkbench,
  waitFor,
} from '../fakes/test-workbench.ts';
import { childPids } from '../fakes/child-pids.ts';

let folder: string;
let workbench: TestWorkbench;
let resnet: Model;
beforeAll(async () => {
  folder = createTemporaryFolder();
  workbench = await openWorkbench(join(folder, 'home'), { enginePath: realEnginePath, samplesPath });
  [resnet] = (await workbench.client.models.list()) as [Model];
});
afterAll(async () => {
  await workbench.close();
  removeFolder(folder);
});

async function compress(pass: string, settings: Recipe['passes'][number]['settings'] = {}): Promise<string> {
  const { client } = workbench;
  const recipe: Recipe = { version: 1, name: pass, passes: [{ pass, settings }] };
  const { jobId } = await client.recipes.compress({ variantId: resnet.id, recipe });
  const job = await finish(client, jobId);
  expect(job).toMatchObject({ status: 'completed', error: null });
  return (job.result as { variantId: string }).variantId;
}

describe('the library', () => {
  test('holds the samples, tied to their data', async () => {
    const models = await workbench.client.models.list();
    expect(models.map(({ name, isSample, datasetId }) => [name, isSample, datasetId])).toEqual([
      ['fashion-resnet', true, 'fashion-mnist'],
      ['fashion-mobilenet', true, 'fashion-mnist'],
      ['fashion-vit', true, 'fashion-mnist'],
    ]);
    expect(resnet.variants[0]?.inspection).toMatchObject({
      parameterCount: expect.any(Number),
      inputs: [{ name: 'image', dtype: 'float32', shape: ['batch', 1, 28, 28] }],
    });
  });

  test.each([
    ['text', () => Buffer.from('this is no model')],
    ['a model that ends too early', () => readFileSync(join(samplesPath, 'fashion-resnet.onnx')).subarray(0, 50_000)],
    ['an empty file', () => Buffer.alloc(0)],
  ])('refuses %s with a sentence', async (name, content) => {
    const path = join(folder, `${name.replaceAll(' ', '-')}.onnx`);
    writeFileSync(path, content());
    await expect(workbench.client.models.import({ path })).rejects.toMatchObject({
      data: { kind: 'invalid-model', message: expect.stringMatching(/\.$/) },
    });
    expect(await workbench.client.models.list()).toHaveLength(3);
  });
});

describe('compress, measure and evaluate', () => {
  test('fit together', async () => {
    const { client } = workbench;
    // Its inputs and outputs are float16 too.
    const half = await compress('float16', { keepInputsOutputs: false });
    const dynamic = await compress('quantize-dynamic', { operators: ['MatMul', 'Gemm', 'Conv'] });
    const { variants } = await client.models.get({ id: resnet.id });
    expect(variants.map((variant) => variant.id)).toEqual([resnet.id, half, dynamic]);
    const [original, ...made] = variants;
    for (const variant of made) {
      expect(variant.sizeBytes).toBeLessThan((original?.sizeBytes ?? 0) * 0.7);
      expect(variant.fidelity?.cosine).toBeGreaterThan(0.99);
    }

    const started = await client.experiments.start({
      variantIds: [resnet.id, half, dynamic],
      providers: ['node:cpu'],
      timeBudgetSeconds: 3,
    });
    expect((await finish(client, started.jobId)).status).toBe('completed');
    const experiment = await client.experiments.get({ id: started.experimentId });
    expect(experiment.comparisons).toHaveLength(2);
    for (const run of experiment.runs) {
      expect(run.status).toBe('completed');
      expect(run.blockCount).toBeGreaterThanOrEqual(1);
      expect(run.latencyMs?.median).toBeGreaterThan(0);
      expect(run.memory.peakBytes).toBeGreaterThan(10 * 2 ** 20);
      expect(run.placement.map(({ provider }) => provider)).toEqual(['CPUExecutionProvider']);
    }

    // The whole test set is evaluated in engine-quality.test.ts; integer convolutions would take minutes for it.
    const itemCount = 1000;
    const { jobId } = await client.quality.evaluate({ variantIds: [resnet.id, dynamic, half], limit: itemCount });
    expect((await finish(client, jobId)).status).toBe('completed');
    const [ofVariant, ofOriginal] = await client.quality.list({ variantIds: [resnet.id, dynamic] });
    const [ofHalf] = await client.quality.list({ variantIds: [half] });
    expect(ofHalf).toMatchObject({
      referenceId: resnet.id,
      itemCount,
      fidelity: { top1Agreement: expect.closeTo(1, 2) },
    });
    expect(ofOriginal).toMatchObject({ variantId: resnet.id, datasetId: 'fashion-mnist/test', itemCount });
    expect(ofOriginal?.metrics.top1?.value).toBeGreaterThan(0.9);
    expect(ofVariant).toMatchObject({ variantId: dynamic, referenceId: resnet.id, fidelity: { itemCount } });
    expect(ofVariant?.metrics.top1?.value).toBeGreaterThan(0.9);
  });

  test('a variant’s file finds its original in another home', async () => {
    const { client } = workbench;
    const variantId = await compress('float16');
    const { path } = await client.variants.export({ id: variantId, path: join(folder, 'carried.onnx') });
    const other = await openWorkbench(join(folder, 'other'), { enginePath: realEnginePath, samplesPath });
    const imported = await other.client.models.import({ path });
    expect(imported).toMatchObject({
      isNew: true,
      model: { name: 'fashion-resnet' },
      variant: { id: variantId, parentId: resnet.id, recipe: { name: 'float16' } },
    });
    await other.close();
  });
});

describe('when something dies', () => {
  test.runIf(process.platform === 'linux')('the others measure on after kill -9 of one engine', async () => {
    const { client } = workbench;
    const started = await client.experiments.start({
      variantIds: [resnet.id, resnet.id, resnet.id],
      providers: ['node:cpu'],
      timeBudgetSeconds: 60,
      stopEarly: false,
      profile: false,
    });
    const read = () => client.experiments.get({ id: started.experimentId });
    await waitFor(async () => (await read()).runs.every((run) => run.blockCount >= 2));
    const engines = childPids();
    expect(engines).toHaveLength(3);
    process.kill(engines[1] as number, 'SIGKILL');
    await waitFor(async () => (await read()).runs.some((run) => run.status === 'failed'));
    const before = await read();
    const others = before.runs.filter((run) => run.status !== 'failed');
    expect(others).toHaveLength(2);
    expect(before.runs.find((run) => run.status === 'failed')?.error?.message).toContain('SIGKILL');
    await waitFor(async () => {
      const { runs } = await read();
      return others.every(({ id, blockCount }) => (runs.find((run) => run.id === id)?.blockCount ?? 0) > blockCount);
    });
    await client.jobs.cancel({ id: started.jobId });
    expect((await read()).runs.map((run) => run.status).toSorted()).toEqual(['cancelled', 'cancelled', 'failed']);
  });

  test('cancel does not wait for ONNX Runtime, busy as it is', async () => {
    const { client } = workbench;
    const started = await client.experiments.start({
      variantIds: [resnet.id],
      providers: ['node:cpu'],
      batchSizes: [4096],
      timeBudgetSeconds: 60,
    });
    await waitFor(async () => (await client.experiments.get({ id: started.experimentId })).runs[0]?.loadMs !== null);
    const cancelMs = performance.now();
    expect((await client.jobs.cancel({ id: started.jobId })).status).toBe('cancelled');
    expect(performance.now() - cancelMs).toBeLessThan(AT_ONCE_MS);
    expect(childPids()).toEqual([]);
  });
});

describe('a run beside its samples', () => {
  test('phases, memory, idle and continuous runs are kept apart from the samples, and travel with an export', async () => {
    const { client } = workbench;
    const { experimentId, jobId } = await client.experiments.start({
      variantIds: [resnet.variants[0]?.id as string],
      providers: ['node:cpu'],
      timeBudgetSeconds: 1,
      profile: false,
      idleSeconds: [0.05, 0.2],
      idleRepeats: 2,
      sustainedSeconds: 2,
      compareArena: true,
    });
    expect(await finish(client, jobId)).toMatchObject({ status: 'completed', error: null });
    const { runs } = await client.experiments.get({ id: experimentId });
    const runId = runs[0]?.id as string;
    const { record, sustained, sustainedReasons, weightBytes } = await client.runs.record({ runId });
    expect(record?.processStartMs).toBeGreaterThan(0);
    expect(record?.libraryLoadMs).toBeGreaterThan(0);
    expect(record?.idle.map(({ idleSeconds }) => idleSeconds)).toEqual([0.05, 0.2, 0.05, 0.2]);
    expect(record?.idle.every(({ runMs }) => runMs > 0)).toBe(true);
    expect(sustained.length).toBeGreaterThan(1);
    expect(sustained.every(({ sampleCount, medianMs }) => sampleCount > 0 && medianMs > 0)).toBe(true);
    const { blocks } = await client.runs.samples({ runId });
    expect(blocks.every(({ context }) => (context?.usage?.cpuMs ?? 0) > 0)).toBe(true);
    // fashion-resnet's weights are most of its file.
    expect(weightBytes).toBeGreaterThan((runs[0]?.model.sizeBytes as number) * 0.8);

    const path = join(folder, 'recorded.runs.json.gz');
    await client.runs.export({ ids: [experimentId], path });
    const other = await openWorkbench(join(folder, 'other-home'), { enginePath: realEnginePath, samplesPath });
    try {
      await other.client.runs.import({ path });
      expect(await other.client.runs.record({ runId })).toEqual({
        runId,
        record,
        sustained,
        sustainedReasons,
        weightBytes: null,
      });
    } finally {
      await other.close();
    }
  });

  test.runIf(process.platform === 'linux')('its memory is told by phase and kind', async () => {
    const { client } = workbench;
    const [experiment] = await client.experiments.list();
    const { runs } = await client.experiments.get({ id: experiment?.id as string });
    const { record } = await client.runs.record({ runId: runs[0]?.id as string });
    const { line, afterFirstRun, afterRelease, otherArena } = record?.memory ?? {};
    expect([...new Set(line?.map(({ phase }) => phase))]).toEqual([
      'load',
      'first-run',
      'warm-up',
      'blocks',
      'idle',
      'sustained',
      'released',
    ]);
    for (const point of line ?? []) {
      expect((point.anonymousBytes ?? 0) + (point.fileBytes ?? 0)).toBe(point.residentBytes);
    }
    expect(afterFirstRun?.residentBytes).toBeGreaterThan(0);
    expect(afterRelease?.residentBytes).toBeGreaterThan(0);
    expect(otherArena).toMatchObject({ cpuArena: false });
    expect(otherArena?.afterFirstRunBytes).toBeGreaterThan(0);
  });
});
