/**
 * @param most at least 1
 * @returns at most so many of the samples, in their order: the middle one of each of so many equal stretches
 */
export function spacedSamples(samples: ArrayLike<number>, most: number): number[] {
  if (samples.length <= most) return Array.from(samples);
  const stretch = samples.length / most;
  return Array.from({ length: most }, (_, index) => samples[Math.floor((index + 0.5) * stretch)] as number);
}
