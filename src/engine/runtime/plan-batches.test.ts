import { describe, expect, test } from 'vitest';
import { planBatches } from './plan-batches.ts';

const dataset = { id: 'digits', itemShape: [1, 28, 28], itemCount: 100 };
const slot = (shape: (number | string)[]) => [{ name: 'x', dtype: 'float32', shape }];

test.each([
  ['a symbolic batch takes the wanted size', ['batch', 1, 28, 28], [64, 1, 28, 28]],
  ['a fixed batch keeps its own', [4, 1, 28, 28], [4, 1, 28, 28]],
  ['symbolic sizes take those of the item', ['', '', 'h', 'w'], [64, 1, 28, 28]],
  ['a channel of one may be missing', ['batch', 28, 28], [64, 28, 28]],
])('%s', (_, shape, expected) => {
  const { input, batchSize } = planBatches(slot(shape), dataset, { batchSize: 64 });
  expect(input.shape).toEqual(expected);
  expect(batchSize).toBe(expected[0]);
});

describe('what does not fit is refused with both sides named', () => {
  test.each([
    ['another item shape', slot(['batch', 3, 32, 32]), 'shape [1, 28, 28], but the input “x” takes [batch, 3, 32, 32]'],
    ['a scalar input', slot([]), 'but the input “x” takes []'],
    ['two inputs', [...slot(['n', 1, 28, 28]), { name: 'y', dtype: 'float32', shape: [1] }], '2 inputs: “x”, “y”'],
    ['no input', [], '0 inputs'],
  ])('%s', (_, slots, expected) => {
    expect(() => planBatches(slots, dataset, { batchSize: 64 })).toThrow(expected);
  });

  test('a batch that must be exact', () => {
    expect(() => planBatches(slot([4, 1, 28, 28]), dataset, { batchSize: 2, isExact: true })).toThrow('at batch 2');
    expect(() => planBatches(slot(['n', 1, 28, 28]), dataset, { batchSize: 128, isExact: true })).toThrow(
      '100 items, fewer than a batch of 128',
    );
  });
});
