import type { EngineProgress } from '#shared/engine-protocol.ts';

type Report = (progress: EngineProgress) => void;

/**
 * One progress for works that come one after the other, each of which reports from 0 to 1: each gets a share of what is left when it begins. It never
 * falls, and what a work did not report is left to those after it.
 * @returns opens the next work; `share` from 0 to 1
 */
export function shareProgress(onProgress: Report): (share: number) => Report {
  let reached = 0;
  return (share) => {
    const start = reached;
    return ({ fraction, message }) => {
      reached = Math.max(reached, start + share * (1 - start) * Math.min(1, fraction ?? 0));
      onProgress({ fraction: reached, message });
    };
  };
}
