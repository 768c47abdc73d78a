/** In the real ONNX Runtime. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { modelOf, nodeOf, randomWeight, runModel } from '../../../../tests/fakes/small-model.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import type { GraphProto, ModelProto, TensorProto } from '../../onnx/ir.ts';
import { loadModel } from '../../onnx/load-model.ts';
import { floatsOf as floatValuesOf, tensorFrom } from '../../onnx/tensor-contents.ts';
import { writeModel } from '../../onnx/write-model.ts';
import { measureDistance } from '../../quality/fidelity-meter.ts';
import { loadOnnxRuntime } from '../../runtime/onnxruntime.ts';
import { quantizeStatic } from '../passes/quantize-static.ts';

const context = {
  parentPath: '',
  inputs: { kind: 'generated', seed: 1 },
  cpuExtensions: async () => [],
  onProgress: () => {},
} as const;

const build = (...more: ReturnType<typeof nodeOf>[]): ModelProto =>
  modelOf(17, {
    inputs: { x: ['float32', [1, 8, 6, 6]] },
    outputs: ['y', ...more.flatMap(({ outputs }) => outputs)],
    nodes: [
      nodeOf('Conv', ['x', 'w'], ['a']),
      nodeOf('ConvTranspose', ['a', 'v'], ['b'], { strides: [2n, 2n], group: 2n }),
      nodeOf('ConvTranspose', ['b', 'u'], ['y']),
      ...more,
    ],
    weights: [
      randomWeight('w', [16, 8, 3, 3], 1),
      randomWeight('v', [16, 8, 3, 3], 2),
      randomWeight('u', [16, 2, 2, 2], 3),
    ],
  });

const apply = (model: ModelProto, given: Record<string, unknown>) =>
  quantizeStatic.apply(model, quantizeStatic.settings.parse(given), context);
const floatsOf = (outputs: Awaited<ReturnType<typeof runModel>>) =>
  new Float32Array(outputs[0]?.bytes.slice().buffer ?? new ArrayBuffer(0));

test('large weights take 8 bits in the file, and ONNX Runtime computes as before', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'whittle-transposed-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [plain, model] = [build(), build()];
  await apply(plain, {});
  const { findings } = await apply(model, { transposedConvolutions: 'int8' });
  expect(findings.find(({ kind }) => kind === 'stored-in-int8')?.subjects).toEqual(['ConvTranspose_b']);
  // The other is too small.
  expect(findings.find(({ kind }) => kind === 'skipped')?.subjects).toEqual(['ConvTranspose_y']);
  expect(model.graph?.initializers.some(({ name }) => name === 'v')).toBe(false);
  const { cosine } = measureDistance(floatsOf(await runModel(plain)), floatsOf(await runModel(model)));
  expect(cosine).toBeGreaterThan(0.9999);

  const operatorsOf = async (of: ModelProto, name: string): Promise<string[]> => {
    const [path, optimizedModelFilePath] = [join(folder, `${name}.onnx`), join(folder, `${name}.optimized.onnx`)];
    await writeModel(of, path);
    const ort = await loadOnnxRuntime();
    await (
      await ort.InferenceSession.create(path, { optimizedModelFilePath, graphOptimizationLevel: 'extended' })
    ).release();
    return (await loadModel(optimizedModelFilePath)).model.graph?.nodes.map(({ opType }) => opType) ?? [];
  };
  expect(await operatorsOf(model, 'stored')).toEqual(await operatorsOf(plain, 'plain'));
});

test.each([
  ['is excluded', () => build(), { exclude: ['ConvTranspose_b'] }],
  ['has a weight that something else reads', () => build(nodeOf('Neg', ['v'], ['n'])), {}],
])('one that %s stays', async (_words, create, given) => {
  const model = create();
  const weight = cloneModel(model).graph?.initializers.find(({ name }) => name === 'v');
  const { findings } = await apply(model, { transposedConvolutions: 'int8', ...given });
  expect(findings.map(({ kind }) => kind)).not.toContain('stored-in-int8');
  expect(model.graph?.initializers.find(({ name }) => name === 'v')).toEqual(weight);
});

test('a weight so small that no scale fits it stays float32', async () => {
  const model = build();
  const weight = model.graph?.initializers.find(({ name }) => name === 'v') as TensorProto;
  const tiny = tensorFrom(
    'v',
    'float32',
    weight.dims,
    floatValuesOf(weight).map((value) => value * 1e-37),
  );
  (model.graph as GraphProto).initializers = [
    tiny,
    ...(model.graph?.initializers ?? []).filter((item) => item !== weight),
  ];
  const { findings } = await apply(model, { transposedConvolutions: 'int8' });
  expect(findings.map(({ kind }) => kind)).not.toContain('stored-in-int8');
  expect(model.graph?.initializers).toContain(tiny);
});
