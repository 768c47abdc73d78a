/** Arrays of NumPy's files as inputs of real sessions, from the engine up to the report. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { InputSource } from '../../src/shared/engine-protocol.ts';
import { createRealHost, fashionTestSet, REQUEST_LIMIT, samplePath, settingsWith } from '../fakes/real-engine.ts';
import { npyFile, npzFile } from '../fakes/numpy-files.ts';
import { openDatasetWith } from '../../src/engine/datasets/open-dataset-with.ts';
import { readFileChunks } from '../../src/engine/datasets/read-file-chunks.ts';

let folder: string;
const host = createRealHost();
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-inputs-'));
});
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

type DatasetInputs = Extract<InputSource, { kind: 'dataset' }>;
const images = fashionTestSet({ limit: 2, labels: false }) as DatasetInputs;
const labelled = (limit: number | null) => fashionTestSet({ limit }) as DatasetInputs;

async function writeImages(count: number): Promise<InputSource> {
  const dataset = await openDatasetWith(readFileChunks, images.dataset, count);
  const path = join(folder, `${count}.npy`);
  for await (const { values } of dataset.readBatches(count)) {
    writeFileSync(path, npyFile({ shape: [count, 1, 28, 28] }, values));
  }
  return { kind: 'arrays', path, fileName: `${count}.npy`, labels: null, limit: null };
}

async function outputsOf(inputs: InputSource, batchSize: number) {
  const engine = await host.start();
  try {
    const path = samplePath('fashion-resnet');
    const settings = settingsWith({ batchSize });
    const loaded = await engine.request(
      'session.load',
      { path, provider: 'node:cpu', settings, inputs },
      REQUEST_LIMIT,
    );
    const { outputs } = await engine.request('session.firstRun', { returnOutputs: true }, REQUEST_LIMIT);
    return { outputs, inputs: loaded.inputs };
  } finally {
    await engine.kill();
  }
}

test('a file gives the same outputs as the dataset that it was made of, and what it holds is told before and after', async () => {
  const file = await writeImages(2);
  const fromFile = await outputsOf(file, 2);
  const fromDataset = await outputsOf(images, 2);
  const foresee = async (inputs: InputSource) => {
    const params = { path: samplePath('fashion-resnet'), settings: settingsWith({ batchSize: 2 }), inputs };
    return (await host.call('inputs.foresee', params)).inputs.map(({ assumed: _assumed, ...told }) => told);
  };
  expect(await foresee(file)).toEqual(fromFile.inputs);
  expect(await foresee(images)).toEqual(fromDataset.inputs);
  expect(fromFile.outputs).toEqual(fromDataset.outputs);
  const [described] = fromFile.inputs;
  expect(described).toMatchObject({ dtype: 'float32', shape: [2, 1, 28, 28], source: '2.npy' });
  expect(described?.lowest).toBeCloseTo((0 - 0.286) / 0.353, 5);
  expect(described?.highest).toBeCloseTo((1 - 0.286) / 0.353, 5);
});

test('a batch that is not the case’s is refused, before anything runs too', async () => {
  const inputs = await writeImages(2);
  const message = '[1, 1, 28, 28] was expected';
  await expect(outputsOf(inputs, 1)).rejects.toThrow(message);
  const params = { path: samplePath('fashion-resnet'), settings: settingsWith(), inputs };
  await expect(host.call('inputs.foresee', params)).rejects.toThrow(message);
});

test('quality on the rows of a file is that of the dataset that it was made of, with its labels', async () => {
  const path = join(folder, 'labelled.npz');
  const dataset = await openDatasetWith(readFileChunks, labelled(null).dataset, 100);
  for await (const { values, labels } of dataset.readBatches(100)) {
    const y = BigInt64Array.from(labels ?? [], BigInt);
    const files = {
      'image.npy': npyFile({ shape: [100, 1, 28, 28] }, values),
      'y.npy': npyFile({ descr: '<i8', shape: [100] }, y),
    };
    writeFileSync(path, npzFile(files));
  }
  const evaluate = (inputs: InputSource) =>
    host.call(
      'quality.evaluate',
      {
        path: samplePath('fashion-resnet'),
        referencePath: samplePath('fashion-mobilenet'),
        provider: 'node:cpu',
        settings: settingsWith(),
        inputs,
      },
      REQUEST_LIMIT,
    );
  const file = { kind: 'arrays', path, fileName: 'labelled.npz' } as const;
  const expected = await evaluate(labelled(70));
  const found = await evaluate({ ...file, labels: 'y', limit: 70 });
  expect(found).toEqual({ ...expected, fidelity: { ...expected.fidelity, inputs: 'labelled.npz' } });
  expect(found.metrics.top1?.count).toBeGreaterThan(50);
  // Without labels and a limit it is one run, and no accuracy.
  expect(await evaluate({ ...file, labels: null, limit: null })).toMatchObject({ itemCount: 100, metrics: {} });
});
