/** Where the time of a run goes, and why a variant is not faster: real compression, real engine, real ONNX Runtime. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { benchDocumentSchema } from '../../src/shared/documents.ts';
import type { Experiment } from '../../src/shared/experiment.ts';
import type { Recipe } from '../../src/shared/recipe.ts';
import { commandLineIn } from '../fakes/command-line.ts';
import {
  createTemporaryFolder,
  finish,
  openWorkbench,
  realEnginePath,
  removeFolder,
  samplesPath,
  type TestWorkbench,
} from '../fakes/test-workbench.ts';

let folder: string;
let workbench: TestWorkbench;
let experiment: Experiment;
beforeAll(async () => {
  folder = createTemporaryFolder();
  workbench = await openWorkbench(join(folder, 'home'), { enginePath: realEnginePath, samplesPath });
  const { client } = workbench;
  const models = await client.models.list();
  const original = models.find(({ name }) => name === 'fashion-resnet')?.id ?? '';
  const compress = async (name: string): Promise<string> => {
    const recipe: Recipe = (await client.recipes.catalog()).presets.find((preset) => preset.recipe.name === name)
      ?.recipe ?? {
      version: 1,
      name,
      passes: [],
    };
    const { jobId } = await client.recipes.compress({ variantId: original, recipe });
    const job = await finish(client, jobId);
    expect(job).toMatchObject({ status: 'completed', error: null });
    return (job.result as { variantId: string }).variantId;
  };
  const variantIds = [original, await compress('dynamic-int8-all'), await compress('half-precision')];
  const { experimentId, jobId } = await client.experiments.start({
    variantIds,
    providers: ['node:cpu'],
    intraOpThreads: [1],
    timeBudgetSeconds: 3,
    stopEarly: false,
  });
  await finish(client, jobId);
  experiment = await client.experiments.get({ id: experimentId });
});
afterAll(async () => {
  await workbench.close();
  removeFolder(folder);
});

describe('the operators of a run', () => {
  test('add up to its unprofiled median, together with what lies outside of them', async () => {
    for (const run of experiment.runs) {
      const { operators } = await workbench.client.runs.operators({ runId: run.id });
      expect(operators?.medianMs).toBe(run.latencyMs?.median);
      const sum = (operators?.operators ?? []).reduce(
        (total, { timeMs }) => total + timeMs,
        operators?.unattributed?.timeMs ?? 0,
      );
      expect(sum).toBeCloseTo(operators?.medianMs ?? 0, 8);
      expect(operators?.nodes.length).toBe(run.placement.reduce((total, { nodeCount }) => total + nodeCount, 0));
    }
  });

  test('are those that ONNX Runtime really ran: convolutions of the original, ConvInteger and casts of the variants', async () => {
    const names = await Promise.all(
      experiment.runs.map(async (run) => {
        const { operators } = await workbench.client.runs.operators({ runId: run.id });
        return new Set(operators?.operators.map(({ operator }) => operator));
      }),
    );
    expect(names[0]?.has('Conv')).toBe(true);
    expect(names[0]?.has('ConvInteger')).toBe(false);
    expect(names[1]?.has('ConvInteger')).toBe(true);
    expect(names[2]?.has('Cast')).toBe(true);
  });

  test('stand beside those of the original, layer by layer, and add up to both medians', async () => {
    const [original, ...variants] = experiment.runs;
    expect((await workbench.client.runs.operators({ runId: original?.id ?? '' })).aligned).toBeNull();
    for (const run of variants) {
      const { aligned } = await workbench.client.runs.operators({ runId: run.id });
      // Whatever the file has finds its counterpart; what ONNX Runtime laid out for its own convolutions has none.
      const gone = aligned?.layers.filter(({ sides }) => sides === 'original') ?? [];
      const goneOperators = new Set(gone.flatMap(({ original: { nodes } }) => nodes.map(({ operator }) => operator)));
      expect([...goneOperators].filter((operator) => !operator.startsWith('Reorder'))).toEqual([]);
      expect(aligned?.medianMs).toEqual({ original: original?.latencyMs?.median, compressed: run.latencyMs?.median });
      for (const side of ['original', 'compressed'] as const) {
        const sum = aligned?.layers.reduce((total, layer) => total + layer[side].timeMs, aligned.outsideMs[side] ?? 0);
        expect(sum).toBeCloseTo(aligned?.medianMs[side] ?? 0, 8);
      }
    }
    const { aligned } = await workbench.client.runs.operators({ runId: variants[0]?.id ?? '' });
    const first = aligned?.layers.find(({ name }) => name === '/0/Conv');
    expect(first?.original.nodes.map(({ operator }) => operator)).toEqual(['Conv']);
    expect(first?.compressed.nodes.map(({ operator }) => operator)).toContain('ConvInteger');
  });

  test('count every convolution that dynamic quantization made', async () => {
    const { operators } = await workbench.client.runs.operators({ runId: experiment.runs[1]?.id ?? '' });
    const integer = operators?.operators.find(({ operator }) => operator === 'ConvInteger');
    expect(integer).toMatchObject({ nodeCount: 13 });
    expect(integer?.timeMs).toBeGreaterThan(0);
  });

  test('explain what is not faster in sentences that rest on nodes of the profile', async () => {
    // How much of the time something takes is a matter of the machine; which findings follow, of explain-speed.test.ts.
    for (const { id, findings } of experiment.runs) {
      const { operators } = await workbench.client.runs.operators({ runId: id });
      const names = new Set(operators?.nodes.map(({ name }) => name));
      for (const { message, evidence } of findings ?? []) {
        expect(message).toMatch(/\.$/);
        expect(evidence.nodes.every((name) => names.has(name))).toBe(true);
      }
    }
  });

  test('travel with exported runs', async () => {
    const path = join(folder, 'runs.json.gz');
    await workbench.client.runs.export({ ids: [experiment.id], path });
    const other = await openWorkbench(join(folder, 'other-home'));
    try {
      await other.client.runs.import({ path });
      const imported = await other.client.experiments.get({ id: experiment.id });
      expect(imported.runs.map(({ findings }) => findings)).toEqual(experiment.runs.map(({ findings }) => findings));
      const runId = experiment.runs[1]?.id ?? '';
      expect(await other.client.runs.operators({ runId })).toEqual(await workbench.client.runs.operators({ runId }));
    } finally {
      await other.close();
    }
  });
});

describe('the command line', () => {
  test('shows where the time goes, in words and as a document', async () => {
    const whittle = commandLineIn(workbench.homePath, { enginePath: realEnginePath });
    const shown = await whittle('runs', 'show', experiment.id, '--operators');
    expect(shown).toMatchObject({ status: 0, stderr: '' });
    expect(shown.stdout).toMatch(/Run 1, fashion-resnet on node:cpu, 1 thread, batch 1: [\d.]+ ms/);
    expect(shown.stdout).toMatch(/ConvInteger +\d+ +[\d.]+ +\d+\.\d %/);
    expect(shown.stdout).toMatch(/outside of operators +— +[\d.]+ +\d+\.\d %/);
    expect(shown.stdout).toMatch(/\/0\/Conv +Conv +[\d.]+ +(ConvInteger|\w+, ConvInteger)/);
    expect(shown.stdout).toContain('Beside its baseline, layer by layer');
    const document = benchDocumentSchema.parse(
      JSON.parse((await whittle('runs', 'show', experiment.id, '--operators', '--json')).stdout),
    );
    expect(document.operators?.map(({ runId }) => runId)).toEqual(document.runs.map(({ id }) => id));
    expect(document.operators?.[1]?.operators?.operators).toContainEqual(
      expect.objectContaining({ operator: 'ConvInteger', nodeCount: 13 }),
    );
  });
});
