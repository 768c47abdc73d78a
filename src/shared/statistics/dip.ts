/**
 * Hartigan's dip: the largest distance between the distribution of the values and the closest one with a single mode (Hartigan &
 * Hartigan 1985, The dip test of unimodality, Annals of Statistics 13). 1 / (2 n) for evenly spaced values, 1/4 for two
 * equal groups without any width.
 *
 * Left of the mode the closest distribution is convex, right of it concave. The fit on the left only gets worse the farther right
 * the mode lies, that on the right only better, so the best mode is where they cross.
 *
 * @param sorted ascending, at least one value
 */
export function dipOf(sorted: ArrayLike<number>): number {
  const steps = stepsOf(sorted);
  const misfit = (mode: number): { left: number; right: number } => ({
    left: convexMisfit(steps.slice(0, mode + 1)),
    right: convexMisfit(mirrored(steps.slice(mode))),
  });
  let low = 0;
  let high = steps.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { left, right } = misfit(middle);
    if (left >= right) high = middle;
    else low = middle + 1;
  }
  const candidates = [low - 1, low].filter((mode) => mode >= 0).map(misfit);
  const smallest = Math.min(...candidates.map(({ left, right }) => Math.max(left, right)));
  return Math.max(smallest, 1 / sorted.length) / 2;
}

/** A different value, with the shares of the values below it and up to it. */
type Step = { at: number; below: number; upTo: number };

function stepsOf(sorted: ArrayLike<number>): Step[] {
  const steps: Step[] = [];
  for (let index = 0; index < sorted.length; index += 1) {
    const at = sorted[index] as number;
    const last = steps[steps.length - 1];
    const upTo = (index + 1) / sorted.length;
    if (last?.at === at) last.upTo = upTo;
    else steps.push({ at, below: index / sorted.length, upTo });
  }
  return steps;
}

function mirrored(steps: readonly Step[]): Step[] {
  return steps.map(({ at, below, upTo }) => ({ at: -at, below: 1 - upTo, upTo: 1 - below })).toReversed();
}

/** How far the steps, except the last one, which may be the mode's own jump, rise above the largest convex function below them. */
function convexMisfit(steps: readonly Step[]): number {
  const hull: Step[] = [];
  for (const step of steps) {
    while (hull.length > 1 && !isBelow(hull[hull.length - 1] as Step, hull[hull.length - 2] as Step, step)) hull.pop();
    hull.push(step);
  }
  let largest = 0;
  let segment = 0;
  for (const step of steps.slice(0, -1)) {
    while (segment + 1 < hull.length - 1 && (hull[segment + 1] as Step).at <= step.at) segment += 1;
    const [from, to] = [hull[segment] as Step, hull[segment + 1] as Step];
    const convex = from.below + ((to.below - from.below) * (step.at - from.at)) / (to.at - from.at);
    largest = Math.max(largest, step.upTo - convex);
  }
  return largest;
}

/** Whether the middle point lies below the line between the other two. */
function isBelow(middle: Step, first: Step, last: Step): boolean {
  return (middle.below - first.below) * (last.at - first.at) < (last.below - first.below) * (middle.at - first.at);
}
