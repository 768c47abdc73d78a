/** The built programs as a user starts them: real processes, watched from outside. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const rootPath = join(import.meta.dirname, '../..');
export const commandLinePath = join(rootPath, 'out/main/cli.js');

export type Program = {
  child: ChildProcess;
  pid: number;
  /** Everything printed so far, both streams. */
  output: () => string;
  /** Waits for a match in what is printed; fails with the output when the program ends before. */
  waitFor: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** Ends it as ctrl-C does, and waits. @returns the exit status; null where a signal ended it */
  interrupt: () => Promise<number | null>;
  kill: () => Promise<void>;
};

export function startProgram(args: string[], environment: Record<string, string | undefined> = {}): Program {
  const child = spawn(process.execPath, args, {
    cwd: rootPath,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const wakers = new Set<() => void>();
  const wake = (): void => {
    for (const waker of wakers) waker();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      wake();
    });
  }
  const closed = once(child, 'close').then(wake);

  async function waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(output);
      if (match) return match;
      if (hasEnded(child)) throw new Error(`The program ended before it printed ${String(pattern)}:\n${output}`);
      await new Promise<void>((resolve) => {
        wakers.add(resolve);
      });
    }
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    if (!hasEnded(child)) child.kill(signal);
    await closed;
    return child.exitCode;
  }

  return {
    child,
    pid: child.pid ?? 0,
    output: () => output,
    waitFor,
    interrupt: () => end('SIGINT'),
    kill: async () => void (await end('SIGKILL')),
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

export type ProcessEntry = { pid: number; parentPid: number; command: string };

/** All living processes of this machine (Linux). */
export function listProcesses(): ProcessEntry[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (state === 'Z' || state === 'X') return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return [{ pid: Number(name), parentPid: Number(parent), command }];
      } catch {
        // It has just ended.
        return [];
      }
    });
}

/** What a process has started, and what those have started. */
export function descendantsOf(pid: number): ProcessEntry[] {
  const processes = listProcesses();
  const found: ProcessEntry[] = [];
  let parents = new Set([pid]);
  while (parents.size > 0) {
    const children = processes.filter(({ parentPid }) => parents.has(parentPid));
    found.push(...children);
    parents = new Set(children.map((child) => child.pid));
  }
  return found;
}

export function livingOf(pids: readonly number[]): ProcessEntry[] {
  const wanted = new Set(pids);
  return listProcesses().filter(({ pid }) => wanted.has(pid));
}
