/** Puts labels beside points so that they cover neither one another nor other points, as far as there is room. */

export type Box = { left: number; top: number; right: number; bottom: number };
/** `radius` of the mark, 5 unless told; `width` of the label. Pixels. */
export type LabelledPoint = { x: number; y: number; width: number; radius?: number };
export type PlacedLabel = { x: number; baseline: number; anchor: 'start' | 'middle' | 'end' };

/** Between a mark and its label. */
const GAP = 4;
const DEFAULT_RADIUS = 5;
const HEIGHT = 12;
/** From the top of a label's box down to the line its letters stand on. */
const ASCENT = 9.5;

/** Greedy: in the order of the points, each at the first place that overlaps least. */
export function placeLabels(
  points: readonly LabelledPoint[],
  area: Box,
  obstacles: readonly Box[] = [],
): PlacedLabel[] {
  const taken: Box[] = [...obstacles, ...points.map(({ x, y, radius = DEFAULT_RADIUS }) => boxAround(x, y, radius))];
  return points.map((point) => {
    let best: { box: Box; label: PlacedLabel; cost: number } | null = null;
    for (const [index, { box, label }] of candidatesFor(point).entries()) {
      const overlap = taken.reduce((sum, other) => sum + overlapOf(box, other), 0);
      const cost = overlap + 50 * outsideOf(box, area) + index * 0.01;
      if (best === null || cost < best.cost) best = { box, label, cost };
    }
    const chosen = best as NonNullable<typeof best>;
    taken.push(chosen.box);
    return chosen.label;
  });
}

/** Eight directions, nearest first, and then the same farther away. */
function candidatesFor({ x, y, width, radius = DEFAULT_RADIUS }: LabelledPoint): { box: Box; label: PlacedLabel }[] {
  return [1, 2.2, 3.4].flatMap((factor) => {
    const distance = radius + GAP + (factor - 1) * (DEFAULT_RADIUS + GAP);
    const middle = y - HEIGHT / 2;
    const above = y - distance - HEIGHT;
    const below = y + distance;
    return [
      placeAt(x + distance, middle, width, 'start'),
      placeAt(x - distance - width, middle, width, 'end'),
      placeAt(x + distance * 0.7, above + distance * 0.4, width, 'start'),
      placeAt(x + distance * 0.7, below - distance * 0.4, width, 'start'),
      placeAt(x - width / 2, above, width, 'middle'),
      placeAt(x - width / 2, below, width, 'middle'),
      placeAt(x - distance * 0.7 - width, above + distance * 0.4, width, 'end'),
      placeAt(x - distance * 0.7 - width, below - distance * 0.4, width, 'end'),
    ];
  });
}

function placeAt(left: number, top: number, width: number, anchor: PlacedLabel['anchor']) {
  const x = anchor === 'start' ? left : anchor === 'end' ? left + width : left + width / 2;
  return {
    box: { left, top, right: left + width, bottom: top + HEIGHT },
    label: { x, baseline: top + ASCENT, anchor },
  };
}

function boxAround(x: number, y: number, radius: number): Box {
  return { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius };
}

function overlapOf(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  // A thin line through a label is as bad as a corner of another label.
  return width > 0 && height > 0 ? 40 + width * height : 0;
}

function outsideOf(box: Box, area: Box): number {
  return (
    Math.max(0, area.left - box.left) +
    Math.max(0, box.right - area.right) +
    Math.max(0, area.top - box.top) +
    Math.max(0, box.bottom - area.bottom)
  );
}
