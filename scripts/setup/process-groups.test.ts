/** Starts real processes: the laws of this file are the operating system's. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const moduleUrl = new URL(`file://${join(import.meta.dirname, 'process-groups.mjs')}`).href;

/** A process that starts a leader in a group, which starts a member; both print their process id. */
async function startFamily(options: { leaderIgnores?: string; after?: string }) {
  const member = `console.log(process.pid); setInterval(() => {}, 1000)`;
  const leader = `
    ${options.leaderIgnores ? `process.on('${options.leaderIgnores}', () => console.log('ignored'));` : ''}
    console.log(process.pid);
    require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(member)}], { stdio: 'inherit' });
    setInterval(() => {}, 1000)`;
  const program = `
    import { runGroup, exitWithZeroAtInterrupt } from ${JSON.stringify(moduleUrl)};
    ${options.after ?? ''}
    const { code } = await runGroup(process.execPath, ['-e', ${JSON.stringify(leader)}], { stdio: 'inherit' });
    process.exit(code);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [leaderPid, memberPid] = (await readLines(parent, 2)).map(Number) as [number, number];
  return { parent, leaderPid, memberPid };
}

async function readLines(child: ChildProcess, count: number): Promise<string[]> {
  let text = '';
  for (;;) {
    const lines = text.split('\n');
    if (lines.length > count) return lines.slice(0, count);
    const [chunk] = (await once(child.stdout!, 'data')) as [Buffer];
    text += chunk.toString();
  }
}

/** Where nobody collects dead orphans (in a container, often), they stay in the table as zombies: “Z”. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe.skipIf(process.platform === 'win32')('a process with a child in a group', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends what the child has started at %s, and exits with %i', async (signal, status) => {
    const { parent, leaderPid, memberPid } = await startFamily({});
    parent.kill(signal);
    expect(await once(parent, 'exit')).toEqual([status, null]);
    expect([leaderPid, memberPid].filter(isAlive)).toEqual([]);
  });

  test('may exit with 0 at ctrl-C', async () => {
    const { parent, memberPid } = await startFamily({ after: 'exitWithZeroAtInterrupt();' });
    parent.kill('SIGINT');
    expect(await once(parent, 'exit')).toEqual([0, null]);
    expect(isAlive(memberPid)).toBe(false);
  });

  test('kills a child that does not listen, when it is asked a second time', async () => {
    const { parent, leaderPid, memberPid } = await startFamily({ leaderIgnores: 'SIGINT' });
    parent.kill('SIGINT');
    expect(await readLines(parent, 1)).toEqual(['ignored']);
    parent.kill('SIGINT');
    await once(parent, 'exit');
    expect([leaderPid, memberPid].filter(isAlive)).toEqual([]);
  });

  test('ends the rest of the group when its leader has died, and tells of what', async () => {
    const { parent, leaderPid, memberPid } = await startFamily({});
    process.kill(leaderPid, 'SIGKILL');
    expect(await once(parent, 'exit')).toEqual([137, null]);
    expect(isAlive(memberPid)).toBe(false);
  });
});
