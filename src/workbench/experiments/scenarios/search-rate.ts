/** The search for the highest rate that holds a bound: which rate is tried next. Pure. */
import type { ServerProbe } from '#shared/scenarios/server.ts';

export type Probed = Pick<ServerProbe, 'ratePerSecond' | 'verdict'>;

/** Two rates that lie closer are not told apart by the number of requests that a minute holds. */
const RESOLUTION = 1.04;
/** The bracket widens from rate to rate. */
const FIRST_STEP = 1.15;
const MOST_STEP = 4;
/** A lower share of the ceiling is no rate that anybody serves. */
const LOWEST_SHARE = 0.002;

/**
 * Bracketing, then bisection of the logarithm: first the highest rate that is seen to hold, then, where none was seen on the way, one
 * that does not. What lies between stays undecided, since many more requests would be needed to tell.
 *
 * @param about.ceilingPerSecond no higher rate is tried
 * @returns null when it is as close as it is going to be, or no rate holds
 */
export function nextRate(
  probes: readonly Probed[],
  about: { startPerSecond: number; ceilingPerSecond: number },
): number | null {
  const { startPerSecond, ceilingPerSecond } = about;
  if (probes.length === 0) return Math.min(startPerSecond, ceilingPerSecond);
  const ratesOf = (verdict: ServerProbe['verdict']): number[] =>
    probes.filter((probe) => probe.verdict === verdict).map(({ ratePerSecond }) => ratePerSecond);
  const lowestFailure = Math.min(...ratesOf('does-not-hold'));
  const held = ratesOf('holds').filter((rate) => rate < lowestFailure);
  if (held.length === 0) {
    const rate = Math.min(...probes.map(({ ratePerSecond }) => ratePerSecond)) / stepAfter(probes.length);
    return rate < LOWEST_SHARE * ceilingPerSecond ? null : rate;
  }
  const highestHeld = Math.max(...held);
  const open = ratesOf('undecided').filter((rate) => rate > highestHeld && rate < lowestFailure);
  const above = between(highestHeld, Math.min(lowestFailure, ...open), { held, ceilingPerSecond });
  if (above !== null || Number.isFinite(lowestFailure)) return above;
  return between(Math.max(highestHeld, ...open), Infinity, { held: [], ceilingPerSecond });
}

/** @returns null where the two lie so close that nothing is gained */
function between(
  low: number,
  high: number,
  { held, ceilingPerSecond }: { held: readonly number[]; ceilingPerSecond: number },
): number | null {
  if (Number.isFinite(high)) return high / low <= RESOLUTION ? null : Math.sqrt(low * high);
  const wider = Math.min(low * stepAfter(Math.max(1, held.length)), ceilingPerSecond);
  return wider / low <= RESOLUTION ? null : wider;
}

function stepAfter(probeCount: number): number {
  return Math.min(MOST_STEP, FIRST_STEP ** (2 ** (probeCount - 1)));
}
