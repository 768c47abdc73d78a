import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { modelOf, nodeOf, randomWeight } from '../../../tests/fakes/small-model.ts';
import { writeModel } from '../onnx/write-model.ts';
import { chooseBatchSize } from './choose-batch-size.ts';

const pooled = (batch: number | string, size: number | string) =>
  modelOf(17, {
    inputs: { x: ['float32', [batch, 3, size, size]] },
    outputs: ['y'],
    nodes: [nodeOf('Conv', ['x', 'w'], ['c']), nodeOf('GlobalAveragePool', ['c'], ['y'])],
    weights: [randomWeight('w', [64, 3, 1, 1], 1)],
  });
const mixing = modelOf(17, {
  inputs: { x: ['float32', ['N', 4]] },
  outputs: ['y'],
  nodes: [nodeOf('DynamicQuantizeLinear', ['x'], ['y', 'scale', 'zero'])],
  weights: [],
});

test.each([
  ['small images go in large batches', pooled('N', 16), {}, 64],
  // 64 channels of 256 × 256 in float32 are 16 MiB.
  ['of large ones no batch has more than 8 MiB in a tensor', pooled('N', 128), {}, 2],
  ['what is larger alone goes alone', pooled('N', 256), {}, 1],
  ['sizes that the model leaves open come from the items', pooled('N', 'side'), { x: [1, 3, 128, 128] }, 2],
  ['items of one batch that share a scale go alone', mixing, {}, 1],
] as const)('%s', async (_words, model, inputs, expected) => {
  const folder = mkdtempSync(join(tmpdir(), 'whittle-batch-'));
  try {
    const path = join(folder, 'model.onnx');
    await writeModel(model, path);
    expect(await chooseBatchSize(path, new Map(Object.entries(inputs)))).toBe(expected);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
