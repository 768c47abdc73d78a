/** The smallest normal float32: of a smaller scale the inverse, by which kernels multiply, is infinite. */
export const SMALLEST_SCALE = 2 ** -126;

/**
 * The float32 scale of weights with an exact one that may be too small for float32. Their integers are smaller then, and each weight is still within half a step of what
 * it was; only where all of them are zero any scale will do, and it is 1.
 * @param exact not negative
 * @param inputScale of activations, where their step times this one has to be a normal number too, as that of biases
 */
export function representableScale(exact: number, inputScale = 1): number {
  if (exact === 0) return 1;
  const scale = Math.fround(exact);
  return scale >= SMALLEST_SCALE ? scale : Math.min(1, SMALLEST_SCALE / Math.min(1, inputScale));
}
