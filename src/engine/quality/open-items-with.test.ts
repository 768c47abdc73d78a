import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chunkSizeOf } from './open-items-with.ts';

test.each([
  ['small images: 64', [1, 28, 28], 64, 64],
  ['large images: those of 8 MiB', [3, 224, 224], 1, 13],
  ['whole batches of them', [3, 224, 224], 5, 10],
  ['a batch that the model fixes, however large', [3, 224, 224], 32, 32],
  ['items without a shape', null, 1, 64],
])('read at a time: %s', (_words, itemShape, batchSize, expected) => {
  expect(chunkSizeOf({ itemShape }, batchSize)).toBe(expected);
});

test('no batch is cut where a chunk ends', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 2000 }), { maxLength: 3 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 300 }), (itemShape, batchSize) => {
      const chunkSize = chunkSizeOf({ itemShape }, batchSize);
      expect(chunkSize).toBeGreaterThanOrEqual(batchSize);
      expect(chunkSize % batchSize).toBe(0);
    }),
  );
});
