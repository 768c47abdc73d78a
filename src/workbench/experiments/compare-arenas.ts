import { AppError } from '#shared/app-error.ts';
import { compareArena } from './compare-arena.ts';
import type { ExperimentSession } from './experiment-session.ts';
import { PROGRESS } from './progress-shares.ts';

/** Of every completed run on the CPU that has none yet: the arena is the CPU's. */
export async function compareArenas(session: ExperimentSession): Promise<void> {
  const { store, engines, runtimeInterface, limits, job, titleOf } = session;
  const { signal } = job;
  for (const run of session.runs().filter((item) => item.status === 'completed' && item.provider === 'node:cpu')) {
    const record = store.records.get(run.id);
    if (record === null || record.memory.otherArena !== null) continue;
    job.report(PROGRESS.measured, `Loading ${titleOf(run)} with the other setting of the arena`);
    try {
      const inputs = await session.inputsOf(run);
      const otherArena = await compareArena({ engines, run, inputs, runtimeInterface, limits, signal });
      store.records.save(run.id, { ...record, memory: { ...record.memory, otherArena } });
    } catch (error) {
      if (signal.aborted || !(error instanceof AppError)) throw error;
      job.log('warning', `${titleOf(run)} with the other setting of the arena: ${error.message}`);
    }
  }
}
