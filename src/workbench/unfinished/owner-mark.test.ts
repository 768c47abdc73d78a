import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTemporaryFolder, removeFolder } from '../../../tests/fakes/test-workbench.ts';
import { identifyProcess } from '../jobs/process-identity.ts';
import { ownerMark, removeLeftIn, unfinishedPathOf } from './owner-mark.ts';

let folder: string;
beforeEach(() => {
  folder = createTemporaryFolder();
});
afterEach(() => removeFolder(folder));

/** The mark that the process would give. */
function markOf({ pid, processStart }: ReturnType<typeof identifyProcess>): string {
  const own = identifyProcess(process.pid);
  return ownerMark('engine').replace(`-${own.pid}-${own.processStart ?? ''}-`, `-${pid}-${processStart ?? ''}-`);
}

test('what a process left that was killed goes, and what others work on stays', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const name = `${markOf(identifyProcess(child.pid as number))}abc`;
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'profile.json'), '{}');
  const own = unfinishedPathOf(join(folder, 'report.html'));
  writeFileSync(own, '');
  writeFileSync(join(folder, 'whittle-engine-notes.txt'), '');
  const before = readdirSync(folder);
  removeLeftIn(folder);
  expect(readdirSync(folder)).toEqual(before);

  child.kill('SIGKILL');
  await once(child, 'exit');
  removeLeftIn(folder);
  expect(readdirSync(folder)).toEqual(before.filter((entry) => entry !== name));
});

test('what another machine works on in a shared folder stays for a week', () => {
  const name = `${ownerMark('engine').replace(/[0-9a-f]{12}-$/, '0123456789ab-')}abc`;
  mkdirSync(join(folder, name));
  removeLeftIn(folder);
  expect(readdirSync(folder)).toEqual([name]);
  const longAgo = new Date(Date.now() - 8 * 24 * 3_600_000);
  utimesSync(join(folder, name), longAgo, longAgo);
  removeLeftIn(folder);
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder that is not there holds nothing that was left', () => {
  expect(() => removeLeftIn(join(folder, 'none'))).not.toThrow();
});
