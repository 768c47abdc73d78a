/** Blocks that were measured one after another resemble each other on a busy machine. */

/** Below this many values their correlation cannot be told. */
const FEWEST_VALUES = 8;

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
