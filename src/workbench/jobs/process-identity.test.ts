import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { Instance } from '../store/instance-rows.ts';
import { identifyProcess, isInstanceAlive } from './process-identity.ts';

const nowMs = 1_000_000_000;
const instanceOf = (pid: number): Instance => ({ id: 'x', ...identifyProcess(pid), heartbeatAtMs: nowMs });

describe('an instance', () => {
  test('of this process is alive', () => {
    expect(isInstanceAlive(instanceOf(process.pid), nowMs)).toBe(true);
  });

  test('is dead when its process has ended', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const instance = instanceOf(child.pid as number);
    expect(isInstanceAlive(instance, nowMs)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isInstanceAlive(instance, nowMs)).toBe(false);
  });

  test.runIf(process.platform === 'linux')('is dead when another process has its number', () => {
    expect(isInstanceAlive({ ...instanceOf(process.pid), processStart: '1' }, nowMs)).toBe(false);
  });

  test('of another machine lives by its heartbeat', () => {
    const elsewhere = { ...instanceOf(process.pid), machine: 'another machine' };
    expect(isInstanceAlive(elsewhere, nowMs + 1000)).toBe(true);
    expect(isInstanceAlive(elsewhere, nowMs + 3_600_000)).toBe(false);
  });
});
