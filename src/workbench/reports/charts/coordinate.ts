/** A coordinate as it is written into SVG: tenths of a pixel are enough. */
export function coordinate(value: number): string {
  return String(Math.round(value * 10) / 10);
}
