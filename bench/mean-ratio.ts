import type { Comparison } from '#shared/run.ts';
import { studentQuantile } from '#shared/statistics/distributions.ts';

/**
 * Geometric mean of ratios that are independent of one another, with the 95 % interval of Student's t on their logarithms. Of processes, ratios
 * of one start are not: where memory lies stays so to its end, so only starts count (Kalibera & Jones 2013, "Rigorous benchmarking in reasonable time").
 *
 * @param ratios one of each start, experiment or round; without an interval if there are fewer than 2
 */
export function meanRatio(ratios: readonly number[]): Comparison['speedup'] {
  const count = ratios.length;
  const logs = ratios.map(Math.log);
  const mean = logs.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { estimate: Math.exp(mean), ciLow: null, ciHigh: null };
  const variance = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const halfWidth = studentQuantile(0.975, count - 1) * Math.sqrt(variance / count);
  return { estimate: Math.exp(mean), ciLow: Math.exp(mean - halfWidth), ciHigh: Math.exp(mean + halfWidth) };
}
