/** One of the cases that are measured in the same rounds: loaded all the while, or anew each time that it is used. */
import type { StoredRun } from '../store/run-rows.ts';
import type { PreparedCase } from './prepare-case.ts';

export type GroupCase = {
  run: StoredRun;
  runMs: number;
  use: <Result>(what: (prepared: PreparedCase) => Promise<Result>) => Promise<Result>;
};

/**
 * Cases of which one is in memory at a time.
 * @returns them, and a clock that stands while they are loaded, and ended
 */
export function createReloadedCases(
  known: readonly Pick<GroupCase, 'run' | 'runMs'>[],
  load: (run: StoredRun) => Promise<PreparedCase>,
): { cases: GroupCase[]; now: () => number } {
  let loadingMs = 0;
  const cases = known.map(({ run, runMs }): GroupCase => ({
    run,
    runMs,
    async use(what) {
      const startMs = performance.now();
      const prepared = await load(run);
      loadingMs += performance.now() - startMs;
      try {
        return await what(prepared);
      } finally {
        const endedMs = performance.now();
        await prepared.engine.kill();
        loadingMs += performance.now() - endedMs;
      }
    },
  }));
  return { cases, now: () => performance.now() - loadingMs };
}
