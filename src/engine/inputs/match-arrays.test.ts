import { expect, test } from 'vitest';
import type { EngineTensor } from '#shared/engine-protocol.ts';
import { matchArrays } from './match-arrays.ts';

const array = (dtype: string, ...shape: number[]): EngineTensor => ({ dtype, shape, bytes: new Uint8Array(0) });
const slots = [
  { name: 'ids', dtype: 'int64', shape: ['batch', 'steps'] },
  { name: 'mask', dtype: 'int64', shape: ['batch', 'steps'] },
];
const match = (arrays: Record<string, EngineTensor>, batchSize = 1, dimensions = {}) =>
  matchArrays(slots, new Map(Object.entries(arrays)), { fileName: 'x.npz', settings: { batchSize, dimensions } });

test('an open dimension takes any size, and arrays that no input has are left', () => {
  const arrays = { ids: array('int64', 1, 7), mask: array('int64', 1, 7), labels: array('int64', 1) };
  expect(Object.keys(match(arrays))).toEqual(['ids', 'mask']);
});

test('arrays without names come in the order of the inputs', () => {
  const arrays = { arr_0: array('int64', 1, 7), arr_1: array('int64', 1, 7) };
  expect(match(arrays)).toEqual({ ids: arrays.arr_0, mask: arrays.arr_1 });
});

test.each<[string, Parameters<typeof match>, string]>([
  ['a missing array', [{ ids: array('int64', 1, 7) }], 'x.npz has no array for the input “mask”; it has “ids”.'],
  [
    'another type',
    [{ ids: array('int32', 1, 7) }],
    '“ids” is int32 in x.npz, and the model takes int64. Convert it with .astype(numpy.int64).',
  ],
  ['another rank', [{ ids: array('int64', 7) }], '“ids” is [7] in x.npz, and [1, any] was expected'],
  [
    'another batch',
    [{ ids: array('int64', 4, 7) }],
    '“ids” is [4, 7] in x.npz, and [1, 7] was expected: the model takes [batch, steps], at batch 1.',
  ],
  ['another size than the plan gives', [{ ids: array('int64', 2, 7) }, 2, { steps: 8 }], '[2, 8] was expected'],
  [
    'two sizes of one dimension',
    [{ ids: array('int64', 1, 7), mask: array('int64', 1, 8) }],
    '“mask” is [1, 8] in x.npz, and [1, 7] was expected',
  ],
])('%s is refused, naming the input, what it is and what was expected', (_, given, message) => {
  expect(() => match(...given)).toThrow(message);
});

test('float32 is rounded for an input that takes float16, and nothing else is converted', () => {
  const half = [{ name: 'x', dtype: 'float16', shape: ['batch', 3] }];
  const settings = { batchSize: 1, dimensions: {} };
  const bytes = new Uint8Array(Float32Array.of(1, -2, 1 / 3).buffer);
  const matched = matchArrays(half, new Map([['x', { dtype: 'float32', shape: [1, 3], bytes }]]), {
    fileName: 'x.npz',
    settings,
  });
  expect(matched['x']).toMatchObject({ dtype: 'float16', shape: [1, 3] });
  expect([...new Uint16Array(matched['x']?.bytes.slice().buffer as ArrayBuffer)]).toEqual([0x3c00, 0xc000, 0x3555]);
  const wide = new Map([['x', { dtype: 'float64', shape: [1, 3], bytes: new Uint8Array(24) }]]);
  expect(() => matchArrays(half, wide, { fileName: 'x.npz', settings })).toThrow('.astype(numpy.float16)');
});
