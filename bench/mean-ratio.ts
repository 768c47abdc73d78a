import type { Comparison } from '#shared/run.ts';
import { meanInterval } from './mean-interval.ts';

/** Geometric mean of independent ratios, with the 95 % interval of Student's t on their logarithms. @see meanInterval */
export function meanRatio(ratios: readonly number[]): Comparison['speedup'] {
  const { estimate, ciLow, ciHigh } = meanInterval(ratios.map(Math.log));
  const exp = (value: number | null): number | null => (value === null ? null : Math.exp(value));
  return { estimate: Math.exp(estimate), ciLow: exp(ciLow), ciHigh: exp(ciHigh) };
}
