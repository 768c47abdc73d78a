import type { Paired, Proportion } from '../quality.ts';
import { fairBinomialCumulative } from './distributions.ts';

const Z_95 = 1.959_963_984_540_054;

/**
 * A share with its 95 % Wilson score interval (Wilson 1927), which stays inside 0..1 and holds for small counts.
 *
 * @param count successes
 * @param total trials, at least one
 */
export function wilsonInterval(count: number, total: number): Proportion {
  const share = count / total;
  const denominator = 1 + Z_95 ** 2 / total;
  const centre = (share + Z_95 ** 2 / (2 * total)) / denominator;
  const half = (Z_95 / denominator) * Math.sqrt((share * (1 - share)) / total + Z_95 ** 2 / (4 * total ** 2));
  // Exactly 0 and 1 are bounds of their own; rounding must not move them.
  return {
    value: share,
    ciLow: count === 0 ? 0 : Math.max(0, centre - half),
    ciHigh: count === total ? 1 : Math.min(1, centre + half),
    count,
  };
}

/**
 * Difference in accuracy of two models on the same items: McNemar's exact test (two-sided binomial on the discordant
 * items) and the interval of Agresti & Min 2005 (half an item added to each cell of the paired table).
 */
export function pairedDifference(counts: {
  onlyReferenceCorrect: number;
  onlyCandidateCorrect: number;
  total: number;
}): Paired {
  const { onlyReferenceCorrect, onlyCandidateCorrect, total } = counts;
  const discordant = onlyReferenceCorrect + onlyCandidateCorrect;
  const fewer = Math.min(onlyReferenceCorrect, onlyCandidateCorrect);
  const pValue = discordant === 0 ? 1 : Math.min(1, 2 * fairBinomialCumulative(fewer, discordant));
  const adjustedTotal = total + 2;
  const adjustedDifference = (onlyCandidateCorrect - onlyReferenceCorrect) / adjustedTotal;
  const variance = ((discordant + 1) / adjustedTotal - adjustedDifference ** 2) / adjustedTotal;
  const half = Z_95 * Math.sqrt(variance);
  const difference = (onlyCandidateCorrect - onlyReferenceCorrect) / total;
  return {
    metric: 'top1',
    difference,
    ciLow: Math.max(-1, adjustedDifference - half),
    ciHigh: Math.min(1, adjustedDifference + half),
    onlyReferenceCorrect,
    onlyCandidateCorrect,
    pValue,
    verdict: pValue >= 0.05 ? 'indistinguishable' : difference > 0 ? 'better' : 'worse',
  };
}
