/**
 * How often an interval of times that come in blocks holds the truth, for whoever reads it.
 *
 * From 40 blocks on it can be told from them how the machine wanders, and in simulations with known truth intervals hold it 93 to 97 times in 100 in
 * every world that was tried. Fewer blocks cannot tell a quiet machine from one that wanders, not even to an oracle that knows both, so their intervals
 * allow for the second and hold the truth more often on the first (docs/decisions/0096 and 0114; `bench/statistics-simulation.ts` holds each of the two
 * claims against its words). So do those of comparisons at which was looked before the end (`looks.ts`; `bench/stopping-simulation.ts`).
 */
import { z } from 'zod';

/** Per cent. */
export const intervalConfidenceSchema = z.enum(['95', 'at-least-95']);
export type IntervalConfidence = z.infer<typeof intervalConfidenceSchema>;

/** Blocks of a run, or paired rounds of a comparison. */
export const ENOUGH_ROUNDS = 40;

const USUAL_LEVEL = 0.95;

/**
 * @param roundCount blocks of a run, or paired rounds, that the interval rests on
 * @param level that it was made with: above 0.95 where results were looked at before the end
 */
export function intervalConfidence(roundCount: number, level = USUAL_LEVEL): IntervalConfidence {
  return roundCount >= ENOUGH_ROUNDS && level <= USUAL_LEVEL ? '95' : 'at-least-95';
}

/**
 * What can be said of all of them together: null where none of them has an interval.
 * @param all whatever has an interval, or might have; one without `confidence` has 95 %, as that of a percentile
 */
export function commonConfidence(
  all: readonly ({ confidence?: IntervalConfidence | null | undefined } | null | undefined)[],
): IntervalConfidence | null {
  const known = all.flatMap((item) => (item ? [item.confidence === undefined ? '95' : item.confidence] : []));
  if (known.includes('at-least-95')) return 'at-least-95';
  return known.includes('95') ? '95' : null;
}
