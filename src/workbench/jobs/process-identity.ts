/** Whether the process that registered an instance is still the one that lives. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Instance } from '../store/instance-rows.ts';

/** Without a look at the process itself, only a heartbeat tells; it must outlast a busy moment. */
const SILENT_MS = 60_000;

export function identifyProcess(pid: number): Pick<Instance, 'pid' | 'machine' | 'processStart'> {
  return { pid, machine: identifyMachine(), processStart: readLinuxStat(pid)?.start ?? null };
}

export function isInstanceAlive(instance: Instance, nowMs: number): boolean {
  if (instance.machine !== identifyMachine()) return nowMs - instance.heartbeatAtMs < SILENT_MS;
  if (!doesProcessExist(instance.pid)) return false;
  const stat = readLinuxStat(instance.pid);
  if (stat === null) return nowMs - instance.heartbeatAtMs < SILENT_MS;
  return stat.start === instance.processStart && !stat.isZombie;
}

/** Process numbers mean something only within one boot of one host, and on Linux within one namespace of processes. */
function identifyMachine(): string {
  const parts = [hostname()];
  try {
    parts.push(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(), readlinkSync('/proc/self/ns/pid'));
  } catch {
    // Not Linux.
  }
  return parts.join(' ');
}

function doesProcessExist(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readLinuxStat(pid: number): { start: string; isZombie: boolean } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command in parentheses may hold spaces and parentheses itself; `state` follows it, `starttime` is 19 fields later.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state, start] = [fields[0], fields[19]];
    return start === undefined ? null : { start, isZombie: state === 'Z' || state === 'X' };
  } catch {
    return null;
  }
}
