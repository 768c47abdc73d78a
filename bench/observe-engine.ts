/** Memory of an engine process while it serves one request, by the parts of the work that it reports. Linux only. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { EngineMethod, EngineParams, EngineResult } from '#shared/engine-protocol.ts';
import { parseProcStatus } from '#shared/proc-status.ts';
import type { EngineProcess } from '#workbench/engine-process/engine-process.ts';

export type Phase = {
  name: string;
  /** The most that was resident (VmHWM), which the kernel keeps exactly: with pages of mapped files, of libraries too. */
  residentBytes: number;
  /** Largest sample (one in 5 ms) of RssAnon: memory that only the process itself holds. */
  anonymousBytes: number;
  /** Largest sample of RssFile: pages of mapped files, which the kernel takes back when others need room. */
  fileBytes: number;
};

const SAMPLE_MS = 5;
const SILENCE_LIMIT_MS = 600_000;
/** Sets VmHWM to what is resident now: man proc_pid_clear_refs. */
const RESET_PEAK = '5';

/** @param nameOf the part that a message of progress belongs to */
export async function observeEngine<M extends EngineMethod>(
  engine: EngineProcess,
  method: M,
  params: EngineParams<M>,
  nameOf: (message: string) => string = (message) => message.replace(/\d.*$/, '').trim(),
): Promise<{ phases: Phase[]; result: EngineResult<M> }> {
  const phases: Phase[] = [];
  const sample = (): void => {
    const status = parseProcStatus(readFileSync(`/proc/${engine.pid}/status`, 'utf8'));
    const phase = phases.at(-1) as Phase;
    phase.residentBytes = Math.max(phase.residentBytes, status.peakBytes ?? 0);
    phase.anonymousBytes = Math.max(phase.anonymousBytes, status.anonymousBytes ?? 0);
    phase.fileBytes = Math.max(phase.fileBytes, status.fileBytes ?? 0);
  };
  const enter = (name: string): void => {
    if (phases.at(-1)?.name === name) return;
    if (phases.length > 0) sample();
    writeFileSync(`/proc/${engine.pid}/clear_refs`, RESET_PEAK);
    const again = phases.findIndex((phase) => phase.name === name);
    const [known] = again === -1 ? [] : phases.splice(again, 1);
    phases.push(known ?? { name, residentBytes: 0, anonymousBytes: 0, fileBytes: 0 });
    sample();
  };
  enter('start');
  const timer = setInterval(sample, SAMPLE_MS);
  try {
    const result = await engine.request(method, params, {
      silenceLimitMs: SILENCE_LIMIT_MS,
      onProgress: ({ message }) => enter(nameOf(message)),
    });
    sample();
    return { phases, result };
  } finally {
    clearInterval(timer);
  }
}
