/** In the real ONNX Runtime: a tensor by any name is seen, and quantized as under another. */
import { expect, test } from 'vitest';
import { modelOf, nodeOf, randomWeight, runModel } from '../../../../tests/fakes/small-model.ts';
import { loadOnnxRuntime } from '../../runtime/onnxruntime.ts';
import { requirePass } from '../validate-recipe.ts';
import { openSession } from './open-session.ts';

const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
const context = {
  parentPath: '',
  inputs: { kind: 'generated', seed: 1 },
  cpuExtensions: async () => [],
  onProgress: () => {},
} as const;

const network = (name: string) =>
  modelOf(21, {
    inputs: { x: ['float32', [1, 3, 8, 8]] },
    outputs: ['y'],
    nodes: [
      nodeOf('Conv', ['x', 'w'], ['a']),
      nodeOf('Relu', ['a'], [name]),
      nodeOf('Conv', [name, 'v'], ['b']),
      nodeOf('GlobalAveragePool', ['b'], ['c']),
      nodeOf('Flatten', ['c'], ['d']),
      nodeOf('Gemm', ['d', 'u'], ['y']),
    ],
    weights: [
      randomWeight('w', [32, 3, 3, 3], 1),
      randomWeight('v', [32, 32, 3, 3], 2),
      randomWeight('u', [32, 32], 3),
    ],
  });

test.each(NAMES)('an input and an output are called %s', async (name) => {
  const model = modelOf(17, {
    inputs: { [name]: ['float32', [2]], other: ['float32', [2]] },
    outputs: ['sum', name],
    nodes: [nodeOf('Add', [name, 'other'], ['sum'])],
  });
  const session = await openSession(model, 'node:cpu');
  expect(session.inputNames).toEqual([name, 'other']);
  expect(session.inputMetadata.map((slot) => slot.name)).toEqual([name, 'other']);
  expect(session.outputNames).toEqual(['sum', name]);
  const ort = await loadOnnxRuntime();
  const tensor = (...values: number[]) => new ort.Tensor('float32', Float32Array.from(values), [values.length]);
  const feeds = Object.fromEntries([
    [name, tensor(1, 2)],
    ['other', tensor(3, 5)],
  ]);
  const all = await session.run(feeds);
  expect(Object.entries(all).map(([key, { data }]) => [key, ...data])).toEqual([
    ['sum', 4, 7],
    [name, 1, 2],
  ]);
  expect(Object.keys(await session.run(feeds, [name]))).toEqual([name]);
  await session.release();
});

test.each(
  ['quantize-static', 'float16', 'quantize-weights'].flatMap((pass) => NAMES.map((name) => [pass, name] as const)),
)('%s does the same around a tensor called %s', async (passName, name) => {
  const pass = requirePass(passName);
  const settings = pass.settings.parse(passName === 'quantize-weights' ? { minimumElements: 0 } : {});
  const [odd, plain] = [network(name), network('plain')];
  const told = [await pass.apply(odd, settings, context), await pass.apply(plain, settings, context)];
  expect(told[0]).toEqual(told[1]);
  expect(await runModel(odd)).toEqual(await runModel(plain));
});
