/** With more points there is room for their numbers only. */
export const MOST_NAMED_POINTS = 8;

/**
 * The points that no other one beats in one respect without being worse in the other.
 *
 * @param measure.costOf less is better
 * @param measure.gainOf more is better
 * @returns cheapest first
 */
export function paretoFront<Point>(
  points: readonly Point[],
  measure: { costOf: (point: Point) => number; gainOf: (point: Point) => number },
): Point[] {
  const { costOf, gainOf } = measure;
  const isBeaten = (point: Point): boolean =>
    points.some(
      (other) =>
        costOf(other) <= costOf(point) &&
        gainOf(other) >= gainOf(point) &&
        (costOf(other) < costOf(point) || gainOf(other) > gainOf(point)),
    );
  return points.filter((point) => !isBeaten(point)).sort((a, b) => costOf(a) - costOf(b));
}
