import type { ChildProcess } from 'node:child_process';
import { expect, test } from 'vitest';
import { createEngineHost } from './engine-host.ts';

test.each([
  { returnsMemory: true, expected: { LIBRARIES: 'here', MALLOC_MMAP_THRESHOLD_: '1048576' } },
  { returnsMemory: false, expected: { LIBRARIES: 'here' } },
])('an engine gets the variables of its host, and those for its memory only when asked: %j', async (about) => {
  const { returnsMemory, expected } = about;
  let given: unknown;
  const host = createEngineHost({
    enginePath: 'engine.js',
    environment: () => ({ LIBRARIES: 'here' }),
    forkEngine(_, environment): ChildProcess {
      given = environment;
      throw new Error('No process in this test.');
    },
  });
  await expect(host.call('model.check', { path: 'x' }, { returnsMemory })).rejects.toThrow('No process in this test.');
  await host.close();
  expect(given).toEqual(expected);
});
