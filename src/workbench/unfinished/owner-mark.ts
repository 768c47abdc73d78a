/**
 * What is unfinished carries a mark of the process that made it in its name, so that what a process left that was killed can be told from
 * what another one is working on, and removed.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { identifyProcess, isInstanceAlive } from '../jobs/process-identity.ts';

/** Of another machine or container it cannot be told who lives; nothing of Whittle's lasts so long. */
const FOREIGN_MS = 7 * 24 * 3_600_000;

const MARK = /whittle-[a-z]+-(\d+)-(\d*)-([0-9a-f]{12})-/;

/** Of this process: `whittle-engine-4711-123456-1a2b3c4d5e6f-`. */
export function ownerMark(purpose: 'engine' | 'browser' | 'print' | 'unfinished'): string {
  const { pid, processStart } = own();
  return `whittle-${purpose}-${pid}-${processStart ?? ''}-${ownMachine()}-`;
}

/** Beside a file, for what shall replace it when it is whole. @param extension with its dot, `.tmp` by default */
export function unfinishedPathOf(path: string, extension = '.tmp'): string {
  return `${path}.${ownerMark('unfinished')}${randomBytes(4).toString('hex')}${extension}`;
}

/** Files and folders in the folder that a process made which lives no more; what cannot be removed stays. */
export function removeLeftIn(folder: string): void {
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    if (!isLeft(name, () => statSync(path).mtimeMs)) continue;
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // Somebody else's.
    }
  }
}

function isLeft(name: string, modifiedAtMs: () => number): boolean {
  const match = MARK.exec(name);
  if (match === null) return false;
  const [, pid, processStart, machine] = match as unknown as [string, string, string, string];
  if (machine !== ownMachine()) {
    try {
      return Date.now() - modifiedAtMs() > FOREIGN_MS;
    } catch {
      return false;
    }
  }
  // Whether a process lives whose start the system does not tell is told by its number alone.
  const instance = { id: '', pid: Number(pid), processStart: processStart === '' ? null : processStart };
  return !isInstanceAlive({ ...instance, machine: own().machine, heartbeatAtMs: Date.now() }, Date.now());
}

let ownIdentity: ReturnType<typeof identifyProcess> | undefined;
function own(): ReturnType<typeof identifyProcess> {
  return (ownIdentity ??= identifyProcess(process.pid));
}

function ownMachine(): string {
  return createHash('sha256').update(own().machine).digest('hex').slice(0, 12);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
