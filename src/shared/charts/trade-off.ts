/** What a trade-off chart holds against latency: accuracy where it is known, else fidelity, else the size of the file. */
import type { ExperimentResults } from '../answer/derive-results.ts';
import type { MeasuredRow } from '../answer/result-row.ts';
import type { Fidelity } from '../model.ts';
import type { Quality } from '../quality.ts';
import { wilsonInterval } from '../statistics/proportion.ts';

/** `top1` and `agreement` in per cent, `cosine` as it is, `size` in bytes. */
export type TradeOffMeasure = 'top1' | 'agreement' | 'cosine' | 'size';

export type TradeOffPoint = {
  row: MeasuredRow;
  value: number;
  /** 95 % interval of the value, where it has one. */
  interval: readonly [low: number, high: number] | null;
  /** How many items the value rests on; null where it rests on none. */
  itemCount: number | null;
};

export type TradeOff = {
  measure: TradeOffMeasure;
  points: TradeOffPoint[];
  /** Of the quality shown; null where none is. */
  datasetId: string | null;
  /** SHA-256 of the file that agreement or cosine is held against; null where neither is shown. */
  referenceId: string | null;
};

/**
 * @param rows measured ones, of one batch size
 * @returns no points where there is nothing to choose between: no two of them differ in what could be shown
 */
export function tradeOffOf(
  results: Pick<ExperimentResults, 'datasetId' | 'quality'>,
  rows: readonly MeasuredRow[],
): TradeOff {
  const { datasetId, quality } = results;
  const labelled = rows.flatMap((row): TradeOffPoint[] => {
    const top1 = row.quality?.metrics.top1;
    if (!row.quality || !top1) return [];
    const { itemCount } = row.quality;
    return [{ row, value: top1.value * 100, interval: [top1.ciLow * 100, top1.ciHigh * 100], itemCount }];
  });
  if (labelled.length >= 2) return { measure: 'top1', points: labelled, datasetId, referenceId: null };
  for (const measure of ['agreement', 'cosine'] as const) {
    const found = fidelityTradeOff(quality, rows, measure);
    if (found !== null) return found;
  }
  const points = rows.map((row) => ({ row, value: row.run.model.sizeBytes, interval: null, itemCount: null }));
  const hasChoice = new Set(points.map(({ value }) => value)).size > 1;
  return { measure: 'size', points: hasChoice ? points : [], datasetId: null, referenceId: null };
}

/** Fidelity on the data and against the file that most of the rows share, the first row's file before others; it agrees with itself. */
function fidelityTradeOff(
  quality: readonly Quality[],
  rows: readonly MeasuredRow[],
  measure: 'agreement' | 'cosine',
): TradeOff | null {
  const groups = Map.groupBy(
    quality.filter(({ fidelity, referenceId }) => fidelity !== null && referenceId !== null),
    ({ datasetId, referenceId }) => `${referenceId} ${datasetId}`,
  );
  const found = [...groups.values()].flatMap((here): TradeOff[] => {
    const { datasetId, referenceId } = here[0] as Quality;
    const points = rows.flatMap((row): TradeOffPoint[] => {
      const { run } = row;
      const own = here.find(({ variantId, provider }) => variantId === run.model.sha256 && provider === run.provider);
      if (own?.fidelity) return fidelityPoint(row, own.fidelity, measure);
      if (run.model.sha256 !== referenceId) return [];
      return [{ row, value: measure === 'agreement' ? 100 : 1, interval: null, itemCount: null }];
    });
    const isKnown = points.length >= 2 && points.some(({ itemCount }) => itemCount !== null);
    return isKnown ? [{ measure, points, datasetId, referenceId }] : [];
  });
  const firstId = rows[0]?.run.model.sha256;
  const rank = ({ points, referenceId }: TradeOff): number => points.length + (referenceId === firstId ? 0.5 : 0);
  return found.toSorted((a, b) => rank(b) - rank(a))[0] ?? null;
}

function fidelityPoint(
  row: MeasuredRow,
  { top1Agreement, cosine, itemCount }: Fidelity,
  measure: 'agreement' | 'cosine',
): TradeOffPoint[] {
  if (measure === 'cosine') return [{ row, value: cosine, interval: null, itemCount }];
  if (top1Agreement === null) return [];
  const { ciLow, ciHigh } = wilsonInterval(Math.round(top1Agreement * itemCount), itemCount);
  return [{ row, value: top1Agreement * 100, interval: [ciLow * 100, ciHigh * 100], itemCount }];
}
