import type { Comparison } from '#shared/run.ts';
import { studentQuantile } from '#shared/statistics/distributions.ts';

/**
 * Mean of independent values with the 95 % interval of Student's t. Of processes, what one start gives is not independent: where memory lies stays
 * so to its end, so only starts count (Kalibera & Jones 2013, "Rigorous benchmarking in reasonable time").
 *
 * @param values one of each start, experiment or round; without an interval if there are fewer than 2
 */
export function meanInterval(values: readonly number[]): Comparison['speedup'] {
  const count = values.length;
  const estimate = values.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { estimate, ciLow: null, ciHigh: null };
  const variance = values.reduce((sum, value) => sum + (value - estimate) ** 2, 0) / (count - 1);
  const halfWidth = studentQuantile(0.975, count - 1) * Math.sqrt(variance / count);
  return { estimate, ciLow: estimate - halfWidth, ciHigh: estimate + halfWidth };
}
