/**
 * Which threads, batch size and other settings to run a model with. The rules, in one place:
 *
 * - With a bound: of the points whose latency holds it, the one of most throughput; of those that cannot be told from it by their
 *   throughput, the cheapest.
 * - Without one: the knee, where throughput divided by latency is largest (“power”: Kleinrock 1979; Jain, The Art of Computer Systems
 *   Performance Analysis, 1991, section 3.3), and of those that cannot be told from it by that, the cheapest.
 * - Cheapest: least peak memory, then fewest threads, then the smallest batch, then the shortest time.
 */
import { paretoFront } from '../charts/pareto-front.ts';
import type { LatencyBound } from '../latency-bound.ts';
import type { Comparison, SampleBlock } from '../run.ts';
import { compareBlocks } from '../statistics/compare-blocks.ts';
import { type BoundVerdict, judgeBound, type SweepPoint } from './sweep-point.ts';

/** The memory of a process differs by chance: less than this share more counts as the same. */
export const SAME_MEMORY = 0.05;

export type JudgedPoint = SweepPoint & {
  /** null without a bound. */
  verdict: BoundVerdict | null;
  /** No other one has both more throughput and less latency. */
  isOnFront: boolean;
};

/**
 * As good as the best point, as far as can be told. `ratio`: of its throughput (without a bound: throughput over latency) to that of
 * the best; null for the best itself and where too few rounds were shared.
 */
export type EqualPoint = { point: JudgedPoint; ratio: Comparison['speedup'] | null };

export type SweetSpot =
  /** `best` by the estimates alone. `ratio` of the chosen one to it. `equals`: those that were not chosen. */
  | {
      kind: 'chosen';
      chosen: JudgedPoint;
      best: JudgedPoint;
      ratio: EqualPoint['ratio'];
      equals: EqualPoint[];
    }
  /** Nothing surely holds the bound; these may. */
  | { kind: 'undecided'; candidates: JudgedPoint[] }
  | { kind: 'none-holds'; nearest: JudgedPoint };

/** @param points at least one, of one model on one provider */
export function findSweetSpot(
  points: readonly SweepPoint[],
  bound: LatencyBound | null,
): { points: JudgedPoint[]; sweetSpot: SweetSpot } {
  const front = new Set(
    paretoFront(
      points.filter(({ latencyMs }) => latencyMs !== null),
      { costOf: latencyOf, gainOf: ({ throughputPerSecond }) => throughputPerSecond.estimate },
    ),
  );
  const judged = points.map((point): JudgedPoint => ({
    ...point,
    verdict: bound === null ? null : judgeBound(point.latencyMs, bound),
    isOnFront: front.has(point),
  }));
  return { points: judged, sweetSpot: choose(judged, bound) };
}

/** `weight / time` grows with what is wanted: throughput is batch / time, and the root of throughput / latency is √batch / time. */
type Aim = { weightOf: (point: SweepPoint) => number; power: 1 | 2 };

const mostThroughput: Aim = { weightOf: ({ batchSize }) => batchSize, power: 1 };
const mostPower: Aim = { weightOf: ({ batchSize }) => Math.sqrt(batchSize), power: 2 };

function choose(points: readonly JudgedPoint[], bound: LatencyBound | null): SweetSpot {
  const aim = bound === null ? mostPower : mostThroughput;
  const meritOf = (point: SweepPoint): number => aim.weightOf(point) / medianOf(point);
  const candidates = bound === null ? points : points.filter(({ verdict }) => verdict === 'holds');
  if (candidates.length > 0) {
    const best = candidates.reduce((found, point) => (meritOf(point) > meritOf(found) ? point : found));
    const equals = candidates.flatMap((point) => equalTo(best, point, aim));
    const chosen = cheapestOf(
      equals.map(({ point }) => point),
      costOf,
    );
    return {
      kind: 'chosen',
      chosen,
      best,
      ratio: equals.find(({ point }) => point === chosen)?.ratio ?? null,
      equals: equals.filter(({ point }) => point !== chosen),
    };
  }
  const undecided = points.filter(({ verdict }) => verdict === 'undecided');
  if (undecided.length > 0) return { kind: 'undecided', candidates: undecided };
  return {
    kind: 'none-holds',
    nearest: points.reduce((found, point) => (latencyOf(point) < latencyOf(found) ? point : found)),
  };
}

/** Empty for what can be told from the best. */
function equalTo(best: JudgedPoint, point: JudgedPoint, { weightOf, power }: Aim): EqualPoint[] {
  if (point === best) return [{ point, ratio: null }];
  const { smallestDifference } = point.row;
  const compared = compareBlocks(weighed(best, weightOf(best)), weighed(point, weightOf(point)), {
    looks: point.row.looks ?? [],
    ...(smallestDifference === undefined ? {} : { smallestDifference }),
  });
  if (compared !== null && compared.speedup.ciLow !== null) {
    return compared.verdict === 'indistinguishable' ? [{ point, ratio: raised(compared.speedup, power) }] : [];
  }
  // Not measured in the same rounds, or in too few of them: the intervals of each alone.
  const [bestLow, pointHigh] = [lowestMerit(best, weightOf(best)), highestMerit(point, weightOf(point))];
  return bestLow !== null && pointHigh !== null && pointHigh >= bestLow ? [{ point, ratio: null }] : [];
}

function raised({ estimate, ciLow, ciHigh }: Comparison['speedup'], power: number): Comparison['speedup'] {
  return {
    estimate: estimate ** power,
    ciLow: ciLow === null ? null : ciLow ** power,
    ciHigh: ciHigh === null ? null : ciHigh ** power,
  };
}

function weighed({ row }: SweepPoint, weight: number): SampleBlock[] {
  return row.blocks.map((block) => ({ ...block, samplesMs: block.samplesMs.map((value) => value / weight) }));
}

function lowestMerit({ row }: SweepPoint, weight: number): number | null {
  const { ciHigh } = row.run.latencyMs;
  return ciHigh === null ? null : weight / ciHigh;
}

function highestMerit({ row }: SweepPoint, weight: number): number | null {
  const { ciLow } = row.run.latencyMs;
  return ciLow === null ? null : weight / ciLow;
}

export type Cost = { peakBytes: number | null; threadCount: number; batchSize: number; callMs: number };

/** @param points at least one */
export function cheapestOf<Point>(points: readonly Point[], costOf: (point: Point) => Cost): Point {
  const costs = points.map((point) => ({ point, ...costOf(point) }));
  const bytes = costs.flatMap(({ peakBytes }) => peakBytes ?? []);
  // Where it is not known for all, memory decides nothing.
  const mostBytes = bytes.length === points.length ? Math.min(...bytes) * (1 + SAME_MEMORY) : Infinity;
  const [cheapest] = costs
    .filter(({ peakBytes }) => (peakBytes ?? 0) <= mostBytes)
    .sort((a, b) => a.threadCount - b.threadCount || a.batchSize - b.batchSize || a.callMs - b.callMs);
  return (cheapest as { point: Point }).point;
}

function costOf(point: SweepPoint): Cost {
  const { peakBytes, threadCount, batchSize } = point;
  return { peakBytes, threadCount, batchSize, callMs: medianOf(point) };
}

function medianOf({ row }: SweepPoint): number {
  return row.run.latencyMs.median;
}

function latencyOf({ latencyMs }: SweepPoint): number {
  return latencyMs?.estimate ?? Infinity;
}
