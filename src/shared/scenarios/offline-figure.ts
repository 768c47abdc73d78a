/** What a chart of throughput over batch shows of an offline scenario, on screen and in reports. */
import { createChoiceScale, createTimeScale, type Scale, scaleRemark } from '../charts/scale.ts';
import { type Shape, SHAPES } from '../charts/series-marks.ts';
import { formatCount } from '../format.ts';
import type { LatencyBound } from '../latency-bound.ts';
import { commonConfidence } from '../statistics/interval-confidence.ts';
import { offlineSpot, offlineVerdict } from '../sweet-spot/offline-spot.ts';
import { boundText, verdictWords } from '../sweet-spot/point-text.ts';
import type { BoundVerdict } from '../sweet-spot/sweep-point.ts';
import { intervalsName } from '../text/confidence-text.ts';
import { countText, msText } from '../text/number-text.ts';
import { pointText } from '../text/scenario-text.ts';
import type { OfflinePoint, OfflineResult } from './offline.ts';

export type OfflineFigure = {
  /** One for each number of instances, the smallest first; its points by rising batch. */
  curves: { name: string; shape: Shape; points: OfflinePoint[] }[];
  /** The most throughput, within the bound where there is one; null where no point holds it. */
  marked: OfflinePoint | null;
  /** Without a bound, every point holds. */
  verdictOf: (point: OfflinePoint) => BoundVerdict;
  name: (point: OfflinePoint) => string;
  facts: (point: OfflinePoint) => string[];
  remarks: string[];
  description: string;
};

/** @returns null where fewer than two points were measured */
export function offlineFigure(result: OfflineResult, bound: LatencyBound | null): OfflineFigure | null {
  const { points } = result;
  if (points.length < 2) return null;
  const marked = bound === null ? (points[0] ?? null) : (offlineSpot(result, bound)?.chosen ?? null);
  const verdictOf = (point: OfflinePoint): BoundVerdict => (bound === null ? 'holds' : offlineVerdict(point, bound));
  const counts = [...new Set(points.map(({ instanceCount }) => instanceCount))].toSorted((a, b) => a - b);
  const curves = counts.map((count, index) => ({
    name: countText(count, 'instance'),
    shape: SHAPES[index % SHAPES.length] as Shape,
    points: points.filter(({ instanceCount }) => instanceCount === count).toSorted((a, b) => a.batchSize - b.batchSize),
  }));
  const facts = (point: OfflinePoint): string[] => [
    `${formatCount(point.itemsPerSecond.estimate)} items per second${intervalText(point)}`,
    `${msText(point.latencyMs.p50)} ms for a batch (median)`,
    ...(bound === null ? [] : [`bound: ${verdictWords[verdictOf(point)]}`]),
    ...(point === marked ? [markedWords(bound)] : []),
  ];
  return {
    curves,
    marked,
    verdictOf,
    name: pointText,
    facts,
    remarks: [
      `Bars are ${intervalsName(commonConfidence(points.map(({ itemsPerSecond }) => itemsPerSecond)))}.`,
      ...(points.every(({ itemsPerSecond }) => itemsPerSecond.ciLow !== null)
        ? []
        : ['A mark without a bar had too few rounds for an interval.']),
      ...(marked === null ? [] : [`The ring marks ${markedWords(bound)}.`]),
      ...(bound === null
        ? []
        : ['A filled mark holds the bound, a pale one is undecided, a hollow one does not hold it.']),
    ],
    description: curves
      .flatMap((curve) => curve.points)
      .map((point) => `${pointText(point)}: ${facts(point).join(', ')}.`)
      .join(' '),
  };
}

export function offlineScales(
  { curves }: Pick<OfflineFigure, 'curves'>,
  { xRange, yRange }: { xRange: readonly [number, number]; yRange: readonly [number, number] },
): { x: Scale; y: Scale; remarks: string[] } {
  const points = curves.flatMap((curve) => curve.points);
  const x = createChoiceScale({ values: points.map(({ batchSize }) => batchSize), range: xRange });
  const values = points.flatMap((point) => [point.itemsPerSecond.estimate, ...(rateInterval(point) ?? [])]);
  const y = createTimeScale({ values, range: yRange, tickCount: 6 });
  return { x, y, remarks: [scaleRemark(y, 'throughput')].filter(Boolean) };
}

/** Null where it is not known: no bar is drawn then, since one without length would claim that nothing is uncertain. */
export function rateInterval({ itemsPerSecond }: OfflinePoint): readonly [number, number] | null {
  const { ciLow, ciHigh } = itemsPerSecond;
  return ciLow === null || ciHigh === null ? null : [ciLow, ciHigh];
}

function markedWords(bound: LatencyBound | null): string {
  return bound === null ? 'the most throughput' : `the choice within ${boundText(bound)}`;
}

function intervalText({ itemsPerSecond: { ciLow, ciHigh } }: OfflinePoint): string {
  return ciLow === null || ciHigh === null ? '' : ` (${formatCount(ciLow)}–${formatCount(ciHigh)})`;
}
