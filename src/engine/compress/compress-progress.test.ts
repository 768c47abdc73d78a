import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graphOf, modelOf, nodeOf, randomWeight, valueOf } from '../../../tests/fakes/small-model.ts';
import type { InputSource } from '#shared/engine-protocol.ts';
import type { Recipe } from '#shared/recipe.ts';
import type { ModelProto } from '../onnx/ir.ts';
import { tensorFrom } from '../onnx/tensor-contents.ts';
import { writeModel } from '../onnx/write-model.ts';
import { compressModel } from './compress-model.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-progress-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const padded = { pads: [1n, 1n, 1n, 1n] };
const withBranch = (): ModelProto =>
  modelOf(17, {
    inputs: { x: ['float32', ['batch', 1, 28, 28]] },
    outputs: ['y'],
    nodes: [
      nodeOf('Conv', ['x', 'w', 'b'], ['a'], padded),
      nodeOf('Relu', ['a'], ['r']),
      nodeOf('Conv', ['r', 'shared', 'b'], ['s'], padded),
      nodeOf('ReduceMean', ['x'], ['mean'], { keepdims: 0n }),
      nodeOf('Greater', ['mean', 'limit'], ['isBright']),
      nodeOf('If', ['isBright'], ['t'], {
        then_branch: graphOf({
          nodes: [
            nodeOf('Conv', ['s', 'own', 'b'], ['c'], padded),
            nodeOf('Relu', ['c'], ['d']),
            nodeOf('Conv', ['d', 'shared', 'b'], ['e'], padded),
          ],
          outputs: [valueOf('e', 'float32', ['batch', 8, 28, 28])],
          initializers: [randomWeight('own', [8, 8, 3, 3], 3)],
        }),
        else_branch: graphOf({
          nodes: [nodeOf('Conv', ['s', 'shared', 'b'], ['f'], padded)],
          outputs: [valueOf('f', 'float32', ['batch', 8, 28, 28])],
        }),
      }),
      nodeOf('MatMul', ['t', 'head'], ['y']),
    ],
    weights: [
      randomWeight('w', [8, 1, 3, 3], 1),
      randomWeight('shared', [8, 8, 3, 3], 2),
      randomWeight('b', [8], 4),
      randomWeight('head', [28, 512], 5),
      tensorFrom('limit', 'float32', [], Float32Array.of(-1e9)),
    ],
  });

const images: InputSource = {
  kind: 'dataset',
  limit: 40,
  dataset: {
    id: 'images',
    format: 'idx',
    inputsPath: join(import.meta.dirname, '../../../resources/samples/fashion-mnist/train5k-images-idx3-ubyte.gz'),
    labelsPath: null,
    classNames: [],
    preparation: { scale: 255, mean: 0.286, standardDeviation: 0.353 },
  },
};

test.each<[string, Recipe['passes'], RegExp[]]>([
  [
    'ranges, layers one by one and biases',
    [
      { pass: 'equalize-channels', settings: { method: 'activations' } },
      {
        pass: 'quantize-static',
        settings: { mixedPrecision: 'auto', leastSqnrDb: 80, mostFloatShare: 0.1, reducedRange: 'off' },
      },
      { pass: 'bfloat16', settings: { minimumElements: 1 } },
    ],
    [/branches are taken/, /calibrating on 40/, /sensitivity of layers/, /bias of layer/],
  ],
  [
    'values that do not fit, and blocks',
    [
      { pass: 'quantize-weights', settings: { operators: ['MatMul'] } },
      { pass: 'float16', settings: {} },
    ],
    [/calibrating on 40/, /rounding weights/, /range of activations/, /branches are taken/],
  ],
])('progress never falls, whatever the passes of a recipe look at: %s', async (_words, passes, messages) => {
  const seen: { fraction: number | null; message: string }[] = [];
  const path = join(folder, 'model.onnx');
  await writeModel(withBranch(), path);
  const hash = '0'.repeat(64);
  await compressModel(
    {
      path,
      outputPath: join(folder, 'small.onnx'),
      recipe: { version: 1, name: 'small', passes },
      parentSha256: hash,
      originalSha256: hash,
      whittleVersion: '0',
      inputs: images,
    },
    (progress) => void seen.push(progress),
  );
  for (const message of messages) expect(seen.some((progress) => message.test(progress.message))).toBe(true);
  const falls = seen.filter(({ fraction }, index) => (fraction ?? 0) < (seen[index - 1]?.fraction ?? 0));
  expect(falls).toEqual([]);
});
