import { expect, test, vi } from 'vitest';
import type { StoredRun } from '../store/run-rows.ts';
import { createReloadedCases } from './group-case.ts';
import type { PreparedCase } from './prepare-case.ts';

test('a case is loaded for each use and ended after it, which the clock leaves out', async () => {
  let nowMs = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const events: string[] = [];
  const pass = async (event: string, durationMs: number): Promise<void> => {
    events.push(event);
    nowMs += durationMs;
  };
  const { cases, now } = createReloadedCases([{ run: { id: 'a' } as StoredRun, runMs: 2 }], async ({ id }) => {
    await pass(`load ${id}`, 1000);
    return { engine: { kill: () => pass('end', 300) } } as unknown as PreparedCase;
  });
  const [only] = cases;
  await only?.use(() => pass('measure', 50));
  await expect(only?.use(() => pass('measure', 70).then(() => Promise.reject(new Error('It broke.'))))).rejects.toThrow(
    'It broke.',
  );
  expect(events).toEqual(['load a', 'measure', 'end', 'load a', 'measure', 'end']);
  expect(now()).toBe(120);
  clock.mockRestore();
});
