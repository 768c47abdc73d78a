/** How long an engine may be silent before it is taken for dead. Generous: a slow start is no hang, and compiling shaders takes time. */
export type SilenceLimits = { loadMs: number; runMs: number; measureMs: number; profileMs: number };

/** Where it is known how long something takes: so many times as long may it be silent besides. */
export const SILENCE_FACTOR = 20;

/** For one request of some runs, of which one is known to take so long. */
export function silenceOfRun({ runMs }: Pick<SilenceLimits, 'runMs'>, knownRunMs: number): number {
  return runMs + SILENCE_FACTOR * knownRunMs;
}

export const defaultSilenceLimits: SilenceLimits = {
  loadMs: 300_000,
  /** The first run, and those that are compared. */
  runMs: 300_000,
  /** At least; a block may be silent for many times as long as it is expected to take. */
  measureMs: 30_000,
  profileMs: 300_000,
};
