/** 1.5 * 2^52: a double so large that adding it leaves no room for a fraction, and rounds as IEEE 754 does: half to even. */
const NO_FRACTION = 6_755_399_441_055_744;

/** Without a branch, because passes round every weight several times. Exact for magnitudes below 2^51. */
export function roundHalfToEven(value: number): number {
  return value + NO_FRACTION - NO_FRACTION;
}
