import { expect, test } from 'vitest';
import { requireSmaller } from './require-smaller.ts';

const parent = { sizeBytes: 1000, operators: { Conv: 2 }, bytesByDtype: { float32: 900 } };
const check = (result: Partial<typeof parent>) => () =>
  requireSmaller({ ...parent, ...result }, { parent, recipeName: 'test' });

test.each([
  [{ sizeBytes: 1000, bytesByDtype: { float32: 800 } }, 'does not make this model smaller'],
  [{ sizeBytes: 1200 }, 'does not make this model smaller'],
  [{ sizeBytes: 2_327_600 }, '2.22 MiB instead of 1000 B'],
  [{ sizeBytes: 950 }, 'smaller only by how it is written'],
])('%j is no compression', (result, message) => {
  expect(check(result)).toThrow(
    expect.objectContaining({ kind: 'unsupported', message: expect.stringContaining(message) }),
  );
});

test.each([
  { sizeBytes: 500, bytesByDtype: { int8: 225, float32: 10 } },
  { sizeBytes: 900, operators: { Conv: 1 } },
])('%j is one', (result) => {
  expect(check(result as Partial<typeof parent>)).not.toThrow();
});
