import type { Comparison } from '#shared/run.ts';
import { studentQuantile } from '#shared/statistics/distributions.ts';

/**
 * A ratio of two processes that were started several times: the mean of its logarithms with the 95 % interval of Student's t over starts.
 * Where memory lies differs from start to start and stays so to the end of a process, so rounds of one start cannot tell it from what is to
 * be found; only starts are independent (Kalibera & Jones 2013, "Rigorous benchmarking in reasonable time").
 *
 * @param ratios one of each start; without an interval if there are fewer than 2
 */
export function ratioBetweenStarts(ratios: readonly number[]): Comparison['speedup'] {
  const count = ratios.length;
  const logs = ratios.map(Math.log);
  const mean = logs.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { estimate: Math.exp(mean), ciLow: null, ciHigh: null };
  const variance = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const halfWidth = studentQuantile(0.975, count - 1) * Math.sqrt(variance / count);
  return { estimate: Math.exp(mean), ciLow: Math.exp(mean - halfWidth), ciHigh: Math.exp(mean + halfWidth) };
}
