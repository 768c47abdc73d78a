import type { ResultRow } from '#shared/answer/result-row.ts';

/** Whether a run has something to tell of its provider: `node:cpu` is compared with nothing, and falls back to nothing. */
export function isBeyondCpu({ run }: ResultRow): boolean {
  return run.provider !== 'node:cpu' && (run.parity !== null || run.placement.length > 0);
}
