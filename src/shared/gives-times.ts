import type { Run } from './run.ts';

/** Whether times of a run are shown and compared: not those of one that failed, whatever it measured before. */
export function givesTimes({ status, latencyMs }: Pick<Run, 'status' | 'latencyMs'>): boolean {
  return latencyMs !== null && status !== 'failed' && status !== 'unsupported';
}
