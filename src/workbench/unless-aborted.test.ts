import { expect, test } from 'vitest';
import { throwIfCancelled, unlessAborted } from './unless-aborted.ts';

const never = new Promise<never>(() => {});

test('what is never done is given up when the signal aborts, also when that was before', async () => {
  const controller = new AbortController();
  const waiting = unlessAborted(never, controller.signal);
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ kind: 'cancelled' });
  await expect(unlessAborted(never, controller.signal)).rejects.toMatchObject({ kind: 'cancelled' });
  expect(() => throwIfCancelled(controller.signal)).toThrow('Cancelled.');
});

test('what is done first counts, and its own failure stays', async () => {
  const { signal } = new AbortController();
  expect(await unlessAborted(Promise.resolve(1), signal)).toBe(1);
  await expect(unlessAborted(Promise.reject(new Error('its own')), signal)).rejects.toThrow('its own');
  expect(await unlessAborted(Promise.resolve(2), undefined)).toBe(2);
});

test('what fails after it was given up disturbs nobody', async () => {
  const { promise, reject } = Promise.withResolvers<never>();
  const given = unlessAborted(promise, AbortSignal.abort());
  await expect(given).rejects.toMatchObject({ kind: 'cancelled' });
  reject(new Error('too late'));
});
