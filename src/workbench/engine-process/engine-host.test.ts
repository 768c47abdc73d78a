import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createEngineHost } from './engine-host.ts';

test.each([
  { returnsMemory: true, expected: '1048576' },
  { returnsMemory: false, expected: undefined },
])('an engine gets the variables of its host, and those for its memory only when asked: %j', async (about) => {
  const { returnsMemory, expected } = about;
  let given: Record<string, string> = {};
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
  expect(given['LIBRARIES']).toBe('here');
  expect(given['MALLOC_MMAP_THRESHOLD_']).toBe(expected);
  expect(existsSync(given['TMPDIR'] as string)).toBe(false);
});

test('the temporary files of an engine that is killed go with it', async () => {
  const home = mkdtempSync(join(tmpdir(), 'whittle-host-'));
  const enginePath = join(home, 'engine.mjs');
  writeFileSync(
    enginePath,
    `import { writeFileSync } from 'node:fs';
     import { tmpdir } from 'node:os';
     writeFileSync(tmpdir() + '/profile.json', '{}');
     process.on('message', ({ id }) => process.send({ kind: 'result', id, result: tmpdir() }));
     process.send({ kind: 'ready' });`,
  );
  const host = createEngineHost({ enginePath });
  const engine = await host.start();
  const folder: unknown = await engine.request('session.memory', {}, { silenceLimitMs: 10_000 });
  expect(existsSync(join(String(folder), 'profile.json'))).toBe(true);
  await engine.kill();
  await host.close();
  expect(existsSync(String(folder))).toBe(false);
  rmSync(home, { recursive: true });
});
