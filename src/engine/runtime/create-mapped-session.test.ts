import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { caseSettingsSchema } from '#shared/case.ts';
import { modelOf, nodeOf, randomFloats, randomWeight } from '../../../tests/fakes/small-model.ts';
import { requirePass } from '../compress/validate-recipe.ts';
import { loadModel } from '../onnx/load-model.ts';
import { tensorFrom } from '../onnx/tensor-contents.ts';
import { writeModel } from '../onnx/write-model.ts';
import { createMappedSession } from './create-mapped-session.ts';
import { createSession } from './create-session.ts';
import { foldFirst } from './fold-first.ts';
import { generateFeeds, inputSlotsOf } from './make-feeds.ts';
import { loadOnnxRuntime } from './onnxruntime.ts';
import { openFileMapped } from './open-file-mapped.ts';
import { resolveShapes } from './resolve-shapes.ts';
import { bytesOf } from './tensor-values.ts';

const path = join(import.meta.dirname, '../../../resources/samples/fashion-resnet.onnx');
const options = { provider: 'node:cpu', settings: caseSettingsSchema.parse({}) } as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-mapped-'));
  vi.stubEnv('TMPDIR', folder);
  vi.stubEnv('TEMP', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test('a model with mapped weights gives the same bits as its file, and leaves nothing behind', async () => {
  const { model } = await loadModel(path, { leavesWeights: true });
  const ort = await loadOnnxRuntime();
  const outputs: Buffer[] = [];
  for (const session of [await createMappedSession(model, options), (await createSession(path, options)).session]) {
    const { inputs } = resolveShapes(inputSlotsOf(session), options.settings);
    const results = await session.run(generateFeeds(ort, inputs, 1));
    const [result] = Object.values(results);
    outputs.push(Buffer.from(bytesOf('output', result as NonNullable<typeof result>)));
    await session.release();
  }
  expect(outputs[0]?.equals(outputs[1] as Buffer)).toBe(true);
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ['float32', ['Conv']],
  ['bfloat16', ['Conv']],
  ['float16', ['Conv', 'Cast']],
] as const)(
  'large convolutions in %s are folded before they are laid out, and give the same bits',
  async (dtype, left) => {
    const vector = (name: string, value: number) =>
      tensorFrom(name, 'float32', [4096], new Float32Array(4096).fill(value));
    const model = modelOf(17, {
      inputs: { x: ['float32', [1, 2048, 1, 1]] },
      outputs: ['y'],
      nodes: [
        nodeOf('Conv', ['x', 'w'], ['c']),
        nodeOf('BatchNormalization', ['c', 'scale', 'shift', 'mean', 'variance'], ['y']),
      ],
      weights: [
        randomWeight('w', [4096, 2048, 1, 1], 1),
        vector('scale', 1.5),
        vector('shift', 0.1),
        vector('mean', 0.2),
        vector('variance', 2),
      ],
    });
    if (dtype !== 'float32') {
      const inputs = { kind: 'generated', seed: 1 } as const;
      const context = { parentPath: '', inputs, cpuExtensions: () => Promise.resolve([]), onProgress: () => {} };
      const pass = requirePass(dtype);
      await pass.apply(model, pass.settings.parse(dtype === 'float16' ? { scan: false } : {}), context);
    }
    const whole = join(folder, 'whole.onnx');
    await writeModel(model, whole);
    await mkdir(join(folder, 'folding'));
    const folded = await foldFirst(whole, model, { ...options, folder: join(folder, 'folding') });
    expect((await loadModel(folded)).model.graph?.nodes.map(({ opType }) => opType)).toEqual(left);
    const ort = await loadOnnxRuntime();
    const beside = join(folder, 'beside.onnx');
    await writeModel(model, beside, { largestSingleFileBytes: 0 });
    const outputs: number[][] = [];
    for (const session of [
      await createMappedSession(model, options),
      await openFileMapped(beside, options),
      (await createSession(whole, options)).session,
    ]) {
      const x = new ort.Tensor('float32', randomFloats(2048, 2), [1, 2048, 1, 1]);
      const results = await session.run({ x });
      outputs.push(Array.from((results['y'] as NonNullable<(typeof results)[string]>).data as Float32Array));
      await session.release();
    }
    expect(outputs[0]).toEqual(outputs[2]);
    expect(outputs[1]).toEqual(outputs[2]);
    rmSync(join(folder, 'folding'), { recursive: true });
    expect(readdirSync(folder)).toEqual(['beside.onnx', 'beside.onnx.data', 'whole.onnx']);
  },
);

test('large convolutions with nothing to fold are loaded as they are', async () => {
  const model = modelOf(17, {
    inputs: { x: ['float32', [1, 2048, 1, 1]] },
    outputs: ['y'],
    nodes: [nodeOf('Conv', ['x', 'w'], ['c']), nodeOf('Add', ['c', 'x'], ['y'])],
    weights: [randomWeight('w', [2048, 2048, 1, 1], 1)],
  });
  const whole = join(folder, 'whole.onnx');
  await writeModel(model, whole);
  expect(await foldFirst(whole, model, { ...options, folder })).toBe(whole);
});

test('a model that does not load leaves nothing behind', async () => {
  const { model } = await loadModel(path);
  const [node] = model.graph?.nodes ?? [];
  if (node) node.opType = 'NoSuchOperator';
  await expect(createMappedSession(model, options)).rejects.toMatchObject({ kind: 'invalid-model' });
  expect(readdirSync(folder)).toEqual([]);
});
