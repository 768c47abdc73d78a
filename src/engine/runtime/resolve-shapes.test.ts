import { describe, expect, test } from 'vitest';
import { resolveShapes } from './resolve-shapes.ts';

const image = { name: 'image', dtype: 'float32', shape: ['batch', 3, 'height', 'width'] };
const shapesOf = (slots: Parameters<typeof resolveShapes>[0], batchSize = 1, dimensions = {}) =>
  resolveShapes(slots, { batchSize, dimensions }).inputs.map(({ shape }) => shape);

describe('symbolic dimensions', () => {
  test.each([
    ['a first dimension without a name is the batch', ['', 4], 8, [8, 4]],
    ['a first dimension with any name is the batch', ['unk__12', 4], 8, [8, 4]],
    ['a dimension named batch is the batch wherever it stands', [5, 'batch_size', 4], 8, [5, 8, 4]],
    ['a first dimension that is named otherwise is not', ['sequence', 'batch', 4], 8, [128, 8, 4]],
    ['height and width have a default', ['N', 3, 'h', 'w'], 2, [2, 3, 224, 224]],
    ['without names, a rank-4 input is an image', ['', '', '', ''], 2, [2, 3, 224, 224]],
    ['anything else is 1', ['batch', 'foo'], 2, [2, 1]],
    ['a name that every object has is no other', ['batch', '__proto__', 'constructor'], 2, [2, 1, 1]],
    ['fixed dimensions stay', [1, 3, 32, 32], 1, [1, 3, 32, 32]],
    ['a scalar has no dimensions', [], 1, []],
  ])('%s', (_, shape, batchSize, expected) => {
    expect(shapesOf([{ name: 'x', dtype: 'float32', shape }], batchSize)).toEqual([expected]);
  });

  const sound = (...shape: string[]) => ({ name: 'input', dtype: 'float32', shape });
  const state = { name: 'state', dtype: 'float32', shape: [2, '', 128] };

  test.each([
    ['a sample rate', [{ name: 'sr', dtype: 'int64', shape: [] }]],
    ['a state', [state]],
  ])('of sound beside %s are a frame of it, with a name or without', (_, others) => {
    expect(shapesOf([sound('batch', 'sequence'), ...others])[0]).toEqual([1, 576]);
    expect(shapesOf([sound('', ''), ...others])[0]).toEqual([1, 576]);
  });

  test('of a state without names are those of LSTM: the middle one is the batch', () => {
    expect(shapesOf([sound('', ''), state], 4)).toEqual([
      [4, 576],
      [2, 4, 128],
    ]);
    expect(shapesOf([sound('', ''), state], 4, { 'state:1': 1 })[1]).toEqual([2, 1, 128]);
  });

  test('of tokens beside a state are not sound', () => {
    const tokens = { name: 'tokens', dtype: 'int64', shape: ['batch', 'sequence'] };
    expect(shapesOf([tokens, state])).toEqual([
      [1, 128],
      [2, 1, 128],
    ]);
  });

  test('come from the settings by name, or by input and axis', () => {
    expect(shapesOf([image], 1, { height: 64, width: 48 })).toEqual([[1, 3, 64, 48]]);
    expect(shapesOf([{ ...image, shape: ['', 3, '', 32] }], 1, { 'image:2': 64 })).toEqual([[1, 3, 64, 32]]);
  });

  test('with a default are warned of, once for each name', () => {
    const { warnings } = resolveShapes([image, { ...image, name: 'other' }], {
      batchSize: 1,
      dimensions: { width: 8 },
    });
    expect(warnings).toEqual([
      { kind: 'assumed-dimension', message: expect.stringContaining('“height” open; 224 was taken') },
    ]);
  });
});

describe('a fixed batch', () => {
  test('that is another one is refused with the way out', () => {
    expect(() => shapesOf([{ name: 'x', dtype: 'float32', shape: [1, 10] }], 4)).toThrow(
      'The model fixes the shape of “x” at [1, 10], so it cannot be run at batch 4. Choose batch 1, or export it with a symbolic batch dimension.',
    );
  });

  test('that is the same is fine', () => {
    expect(shapesOf([{ name: 'x', dtype: 'float32', shape: [4, 10] }], 4)).toEqual([[4, 10]]);
  });

  test('is the one that is advised', () => {
    expect(() => shapesOf([{ name: 'x', dtype: 'float32', shape: [4, 10] }], 2)).toThrow('Choose batch 4,');
  });

  test('that was not asked for is warned of: a run counts as one item', () => {
    const slot = (...shape: number[]) => [{ name: 'x', dtype: 'float32', shape }];
    const warningsOf = (...shape: number[]) => resolveShapes(slot(...shape), { batchSize: 1, dimensions: {} }).warnings;
    expect(warningsOf(4, 10)).toMatchObject([{ kind: 'fixed-batch', message: expect.stringContaining('batch 4') }]);
    expect(warningsOf(1, 10)).toEqual([]);
    // Sound, or ids without a batch.
    expect(warningsOf(576)).toEqual([]);
  });

  test('is not that of a state, nor of inputs that differ', () => {
    const x = { name: 'x', dtype: 'float32', shape: [1, 512] };
    const state = { name: 'h', dtype: 'float32', shape: [2, 1, 64] };
    expect(() => shapesOf([x, state], 2)).toThrow('batch 2');
    expect(() => shapesOf([x, { ...x, name: 'y', shape: [2, 3] }], 2)).toThrow('batch 2');
  });
});
