import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { collectGarbage } from './collect-garbage.ts';

test('a buffer that nobody has any more is given back', async () => {
  const buffer = new WeakRef(new Uint8Array(1024));
  // What was looked at lasts until the end of the turn.
  await setImmediate();
  collectGarbage();
  expect(buffer.deref()).toBeUndefined();
});
