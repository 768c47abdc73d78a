/** What a chart of latency against throughput shows of a sweep, on screen and in reports. */
import { canonicalJson } from '../json.ts';
import { createTimeScale, type Scale, scaleRemark } from '../charts/scale.ts';
import { commonConfidence } from '../statistics/interval-confidence.ts';
import { intervalsName } from '../text/confidence-text.ts';
import type { Sweep } from './derive-sweeps.ts';
import type { JudgedPoint } from './find-sweet-spot.ts';
import { conditionsOf, perSecondText, pointLatencyText, verdictWords } from './point-text.ts';
import { pointRole } from './sweet-spot-text.ts';

export type DrawnPoint = JudgedPoint & { latencyMs: NonNullable<JudgedPoint['latencyMs']> };

export type SweepFigure = {
  /** Those with a latency. */
  points: DrawnPoint[];
  /** Points that differ in nothing but the batch, by rising batch. */
  curves: DrawnPoint[][];
  /** By rising latency. */
  front: DrawnPoint[];
  chosen: DrawnPoint | null;
  name: (point: JudgedPoint) => string;
  /** What is known of a point, in a few words each. */
  facts: (point: DrawnPoint) => string[];
  latencyTitle: string;
  /** What a reader has to know, apart from the axes: sentences. */
  remarks: string[];
  /** For those who do not see it. */
  description: string;
};

/** @returns null where fewer than two points can be drawn */
export function sweepFigure(sweep: Sweep): SweepFigure | null {
  const { bound, sweetSpot } = sweep;
  const points = sweep.points.filter(isDrawn);
  if (points.length < 2) return null;
  const groups = Map.groupBy(points, ({ row }) => canonicalJson({ ...row.run.settings, batchSize: 0 }));
  const curves = [...groups.values()].map((curve) => curve.toSorted((a, b) => a.batchSize - b.batchSize));
  const front = points.filter(({ isOnFront }) => isOnFront).toSorted((a, b) => latencyOf(a) - latencyOf(b));
  const chosen = points.find((point) => sweetSpot.kind === 'chosen' && point === sweetSpot.chosen) ?? null;
  const name = conditionsOf(sweep.points);
  const statistic = bound?.statistic ?? 'median';
  const missing = sweep.points.length - points.length;
  const facts = (point: DrawnPoint): string[] => {
    const role = pointRole(sweep, point);
    return [
      pointLatencyText(point, statistic),
      perSecondText(point),
      ...(point.verdict === null ? [] : [`bound: ${verdictWords[point.verdict]}`]),
      ...(role === null ? [] : [role]),
    ];
  };
  return {
    points,
    curves,
    front,
    chosen,
    name,
    facts,
    latencyTitle: `← better · ${statistic === 'median' ? 'Median' : statistic} latency of one call (ms)`,
    remarks: [
      `Towards the top left is better. Bars are the latency’s ${intervalsName(commonConfidence(points.map(({ latencyMs }) => latencyMs)))}.`,
      ...(chosen === null ? [] : ['The ring marks the sweet spot.']),
      ...(bound === null
        ? []
        : ['A filled mark holds the bound, a pale one is undecided, a hollow one does not hold it.']),
      ...(front.length > 1 ? ['The dashed line joins the points that no other one beats in both.'] : []),
      ...(curves.some((curve) => curve.length > 1) ? ['Points of one colour differ in their batch only.'] : []),
      ...(points.some(({ latencyMs: { ciLow, ciHigh } }) => ciLow !== null && ciHigh === null)
        ? ['An interval whose bar ends at its mark has no upper end.']
        : []),
      ...(missing === 0
        ? []
        : [`${missing} of ${sweep.points.length} points have too few samples for a ${statistic} and are not shown.`]),
    ],
    description: points
      .map(
        (point) =>
          `#${point.row.number} ${name(point)}: ${facts(point).join(', ')}.${point.isOnFront ? ' No other one beats it in both.' : ''}`,
      )
      .join(' '),
  };
}

/** The axes, with what has to be known of them. The bound lies within that of the latency. */
export function sweepScales(
  { points }: Pick<SweepFigure, 'points'>,
  options: { boundMs: number | null; xRange: readonly [number, number]; yRange: readonly [number, number] },
): { x: Scale; y: Scale; remarks: string[] } {
  const { boundMs, xRange, yRange } = options;
  const x = createTimeScale({
    values: [...points.flatMap(latencyInterval), ...points.map(latencyOf), ...(boundMs === null ? [] : [boundMs])],
    range: xRange,
    tickCount: 8,
  });
  const y = createTimeScale({
    values: points.map(({ throughputPerSecond }) => throughputPerSecond.estimate),
    range: yRange,
    tickCount: 6,
  });
  return { x, y, remarks: [scaleRemark(x, 'latency'), scaleRemark(y, 'throughput')].filter(Boolean) };
}

export function latencyOf({ latencyMs }: DrawnPoint): number {
  return latencyMs.estimate;
}

/** As far as it is known. */
export function latencyInterval({ latencyMs: { estimate, ciLow, ciHigh } }: DrawnPoint): readonly [number, number] {
  return [ciLow ?? estimate, ciHigh ?? estimate];
}

function isDrawn(point: JudgedPoint): point is DrawnPoint {
  return point.latencyMs !== null;
}
