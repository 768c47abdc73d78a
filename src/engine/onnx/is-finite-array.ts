/**
 * Whether no value is NaN or infinite. Several times faster than looking for the first that is not: a sum of zeros has no branch,
 * NaN or ∞ times 0 is NaN, and four sums need not wait for each other.
 */
export function isFiniteArray(values: Float32Array): boolean {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  for (let index = 0; index < whole; index += 4) {
    a += (values[index] as number) * 0;
    b += (values[index + 1] as number) * 0;
    c += (values[index + 2] as number) * 0;
    d += (values[index + 3] as number) * 0;
  }
  for (let index = whole; index < values.length; index += 1) a += (values[index] as number) * 0;
  return a + b + c + d === 0;
}
