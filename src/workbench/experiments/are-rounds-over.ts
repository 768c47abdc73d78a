import type { Run } from '#shared/run.ts';

type Measured = { status: Run['status']; rounds: readonly number[] };

/**
 * Whether the rounds of an experiment that is resumed had all been measured: a run is completed only after the last of them. What waits then
 * lacks only what comes after its blocks, and more of them would have nothing beside them.
 * @param waiting the rounds of which each case that waits has blocks
 * @param all every run of the experiment
 */
export function areRoundsOver(waiting: readonly (readonly number[])[], all: readonly Measured[]): boolean {
  const completed = all.filter(({ status, rounds }) => status === 'completed' && rounds.length > 0);
  if (completed.length === 0) return false;
  const last = Math.max(...completed.map(({ rounds }) => lastOf(rounds)));
  return waiting.every((rounds) => lastOf(rounds) >= last);
}

function lastOf(rounds: readonly number[]): number {
  return rounds.reduce((highest, round) => Math.max(highest, round), -1);
}
