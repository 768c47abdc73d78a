import { logGamma } from './distributions.ts';

const MOST_TERMS = 2000;
const PRECISION = 1e-14;
/** Stands for a denominator of nothing. */
const TINY = 1e-300;

/**
 * Cumulative distribution of Beta(a, b) at x: the regularized incomplete beta function, by its continued fraction (Abramowitz & Stegun
 * 26.5.8, evaluated by the method of Lentz 1976).
 * @param a more than 0, also fractional; so b
 */
export function betaCumulative(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast only on one side of the mean.
  if (x > (a + 1) / (a + b + 2)) return 1 - betaCumulative(1 - x, b, a);
  const logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x);
  let fraction = 1;
  let upper = 1;
  let lower = 0;
  for (let term = 0; term <= MOST_TERMS; term += 1) {
    const half = Math.floor(term / 2);
    const coefficient = coefficientOf(term, half, { x, a, b });
    lower = 1 / notZero(1 + coefficient * lower);
    upper = notZero(1 + coefficient / upper);
    fraction *= lower * upper;
    if (term > 0 && Math.abs(lower * upper - 1) < PRECISION) break;
  }
  return (Math.exp(logFront) * (fraction - 1)) / a;
}

/** @returns x with `betaCumulative(x, a, b)` = probability, to 12 digits */
export function betaQuantile(probability: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (betaCumulative(middle, a, b) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function coefficientOf(term: number, half: number, { x, a, b }: { x: number; a: number; b: number }): number {
  if (term === 0) return 1;
  if (term % 2 === 0) return (half * (b - half) * x) / ((a + 2 * half - 1) * (a + 2 * half));
  return (-(a + half) * (a + b + half) * x) / ((a + 2 * half) * (a + 2 * half + 1));
}

const notZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);
