/**
 * Blocks that were measured one after another resemble each other on a busy machine. Intervals that take them as independent
 * are then too narrow: with a correlation of 0.5 between neighbours a "95 %" interval holds the truth 80 times in 100.
 */

import { normalQuantile } from './distributions.ts';

/** Below this many values their correlation cannot be told. */
const FEWEST_VALUES = 8;
/** Below this many values nothing can be said of the variance of their centre. */
const FEWEST_STRETCHED = 4;

/**
 * What is thought possible before the values are seen: a share of their variance wanders (the rest is independent noise), and
 * remembers so much of its value one step before.
 */
type Wandering = { share: number; memory: number; weight: number };

/** What the values describe: times of one case, which share all that the machine does, or ratios, in which that cancels. */
export type SeriesKind = 'times' | 'ratios';

/**
 * Correlation of each value with the next, -1..1, by ranks (so that single wild values do not decide), corrected for the bias
 * of short series: r + (1 + 3 r) / n (Marriott & Pope 1954, Kendall 1954).
 *
 * @param values in the order measured
 * @returns null below eight values, and where all are equal
 */
export function serialCorrelation(values: readonly number[]): number | null {
  const count = values.length;
  if (count < FEWEST_VALUES) return null;
  const deviations = ranksOf(values).map((rank) => rank - (count - 1) / 2);
  const squares = deviations.reduce((sum, value) => sum + value * value, 0);
  if (squares === 0) return null;
  const products = deviations.slice(1).reduce((sum, value, index) => sum + value * (deviations[index] as number), 0);
  const raw = products / squares;
  return Math.min(1, raw + (1 + 3 * raw) / count);
}

/**
 * By how much an interval for the centre of these values, drawn as if they were independent, has to be widened; at least 1.
 *
 * The values are taken for independent noise and a part that wanders (first-order autoregressive). How much wanders and how
 * long it is remembered cannot be told from a few blocks, so no single estimate is believed: the variance of the centre is
 * averaged over all of the possibilities, each weighted by how well it explains the values (posterior of a regression with
 * autocorrelated errors: Zellner & Tiao 1964; likelihood by the Kalman filter: Harvey 1989). It works on normal scores of
 * ranks, so that single wild values do not decide.
 *
 * @param values in the order measured; below four nothing is widened
 */
export function dependenceStretch(values: readonly number[], kind: SeriesKind): number {
  const count = values.length;
  if (count < FEWEST_STRETCHED) return 1;
  const scores = ranksOf(values).map((rank) => normalQuantile((rank + 0.5) / count));
  const independent = fitCentre(scores, { share: 0, memory: 0 });
  if (independent.variance === 0) return 1;
  const possible = priorOf(kind, count).map(({ weight, ...wandering }) => {
    const fit = fitCentre(scores, wandering);
    return { ...fit, logWeight: Math.log(weight) + fit.logLikelihood };
  });
  const largest = Math.max(...possible.map(({ logWeight }) => logWeight));
  const weights = possible.map(({ logWeight }) => Math.exp(logWeight - largest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const average = (valueOf: (fit: CentreFit) => number): number =>
    possible.reduce((sum, fit, index) => sum + (weights[index] as number) * valueOf(fit), 0) / total;
  const centre = average((fit) => fit.centre);
  const variance = average((fit) => fit.variance + (fit.centre - centre) ** 2);
  return Math.max(1, Math.sqrt(variance / independent.variance));
}

/**
 * Times of a case follow a machine that may wander slowly and wholly, so independence is no more likely than that. Of ratios most
 * of it cancels; an interval that always allowed for much would hide real differences in few rounds, so independence weighs
 * 7.5 / rounds. bench/statistics-simulation.ts judges both choices.
 */
function priorOf(kind: SeriesKind, count: number): Wandering[] {
  const memories = kind === 'times' ? [0.5, 0.7, 0.8, 0.9, 0.95] : [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
  const shares = kind === 'times' ? [1] : [0.5, 0.75, 1];
  const independentWeight = kind === 'times' ? 0.5 : Math.min(0.9, 7.5 / count);
  const total = memories.length * shares.reduce((sum, share) => sum + share, 0);
  const wandering = memories.flatMap((memory) =>
    shares.map((share) => ({ share, memory, weight: ((1 - independentWeight) * share) / total })),
  );
  return [{ share: 0, memory: 0, weight: independentWeight }, ...wandering];
}

type CentreFit = { centre: number; variance: number; logLikelihood: number };

/** Generalized least squares for the centre of a series that wanders so, its scale unknown: restricted likelihood, up to a constant. */
function fitCentre(values: readonly number[], { share, memory }: Omit<Wandering, 'weight'>): CentreFit {
  const noise = 1 - share;
  let stateVariance = share;
  // The filter runs over the values and, alike, over what a centre of 1 would give.
  let expectedValue = 0;
  let expectedUnit = 0;
  let information = 0;
  let product = 0;
  let squares = 0;
  let logDeterminant = 0;
  for (const value of values) {
    const variance = stateVariance + noise;
    const valueError = value - expectedValue;
    const unitError = 1 - expectedUnit;
    information += unitError ** 2 / variance;
    product += (unitError * valueError) / variance;
    squares += valueError ** 2 / variance;
    logDeterminant += Math.log(variance);
    const gain = stateVariance / variance;
    expectedValue = memory * (expectedValue + gain * valueError);
    expectedUnit = memory * (expectedUnit + gain * unitError);
    stateVariance = memory ** 2 * (1 - gain) * stateVariance + share * (1 - memory ** 2);
  }
  const centre = product / information;
  const rest = Math.max(0, squares - centre * product);
  const degreesOfFreedom = values.length - 1;
  return {
    centre,
    // Of Student's t with that many degrees of freedom.
    variance: rest / ((degreesOfFreedom - 2) * information),
    logLikelihood: -(logDeterminant + Math.log(information) + degreesOfFreedom * Math.log(rest)) / 2,
  };
}

/** 0 for the smallest; equal values share the mean of their ranks. */
export function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranks = Array.from<number>({ length: values.length });
  for (let first = 0; first < order.length;) {
    let last = first;
    while (last + 1 < order.length && values[order[last + 1] as number] === values[order[first] as number]) last += 1;
    for (let position = first; position <= last; position += 1) ranks[order[position] as number] = (first + last) / 2;
    first = last + 1;
  }
  return ranks;
}
