import { describe, expect, test } from 'vitest';
import { modelOf, nodeOf, randomWeight } from '../../../tests/fakes/small-model.ts';
import { realModels } from '../../../tests/fakes/real-models.ts';
import type { GraphProto } from './ir.ts';
import { loadModel } from './load-model.ts';
import { takesBatches } from './takes-batches.ts';
import { tensorFrom } from './tensor-contents.ts';

const shapedTo = (batch: number | string, ...shape: number[]): GraphProto =>
  modelOf(17, {
    inputs: { x: ['float32', [batch, 3, 4]] },
    outputs: ['y'],
    nodes: [nodeOf('Relu', ['x'], ['a']), nodeOf('Reshape', ['a', 's'], ['b']), nodeOf('Gemm', ['b', 'w'], ['y'])],
    weights: [
      tensorFrom('s', 'int64', [shape.length], BigInt64Array.from(shape, BigInt)),
      randomWeight('w', [12, 5], 1),
    ],
  }).graph as GraphProto;

describe('a model takes batches', () => {
  test.each([
    ['the shape follows the batch', shapedTo('N', -1, 12), true],
    ['the shape keeps the batch', shapedTo('N', 0, 12), true],
    ['the shape is that of one item', shapedTo('N', 1, 12), false],
    ['all items would go into one row', shapedTo('N', 1, -1), false],
    ['the batch is fixed anyway', shapedTo(2, 2, 12), true],
  ])('where %s: %#', (_words, graph, expected) => {
    expect(takesBatches(graph)).toBe(expected);
  });

  test.each(realModels)('as $name does', async ({ path }) => {
    const { model } = await loadModel(path, { leavesWeights: true });
    expect(takesBatches(model.graph as GraphProto)).toBe(true);
  });
});
