import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { collectGarbage } from './collect-garbage.ts';

// A WeakRef is followed by those two only.
test.each(['all', 'shrinking'] as const)('a buffer that nobody has any more is given back: %s', async (extent) => {
  const buffer = new WeakRef(new Uint8Array(1024));
  // What was looked at lasts until the end of the turn.
  await setImmediate();
  collectGarbage(extent);
  expect(buffer.deref()).toBeUndefined();
});

test('the heap gets smaller when it is to shrink', () => {
  const makeObjects = () => Array.from({ length: 1e6 }, (_, index) => ({ index }));
  const held: { objects?: { index: number }[] } = { objects: makeObjects() };
  const before = process.memoryUsage().heapTotal;
  delete held.objects;
  collectGarbage('shrinking');
  expect(process.memoryUsage().heapTotal).toBeLessThan(before);
});
