/** What a trade-off chart holds against latency: accuracy where it is known, else fidelity, else the size of the file. */
import type { Quality } from '#shared/quality.ts';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import type { MeasuredRow } from '#shared/answer/result-row.ts';

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
};

/** @param rows measured ones, of one batch size */
export function tradeOffOf(
  results: Pick<ExperimentResults, 'datasetId' | 'quality'>,
  rows: readonly MeasuredRow[],
): TradeOff {
  const labelled = rows.flatMap((row): TradeOffPoint[] => {
    const top1 = row.quality?.metrics.top1;
    if (!row.quality || !top1) return [];
    const { itemCount } = row.quality;
    return [{ row, value: top1.value * 100, interval: [top1.ciLow * 100, top1.ciHigh * 100], itemCount }];
  });
  if (labelled.length >= 2) return { measure: 'top1', points: labelled, datasetId: results.datasetId };
  for (const measure of ['agreement', 'cosine'] as const) {
    const found = fidelityPoints(results.quality, rows, measure);
    if (found.points.length >= 2) return found;
  }
  return {
    measure: 'size',
    points: rows.map((row) => ({ row, value: row.run.model.sizeBytes, interval: null, itemCount: null })),
    datasetId: null,
  };
}

/** Fidelity on the data that most of the rows share; the original agrees with itself. */
function fidelityPoints(
  quality: readonly Quality[],
  rows: readonly MeasuredRow[],
  measure: 'agreement' | 'cosine',
): TradeOff {
  const datasetIds = [
    ...new Set(quality.filter(({ fidelity }) => fidelity !== null).map(({ datasetId }) => datasetId)),
  ];
  const found = datasetIds.map((datasetId): TradeOff => {
    const here = quality.filter((item) => item.datasetId === datasetId && item.fidelity !== null);
    const references = new Set(here.map(({ referenceId }) => referenceId));
    const points = rows.flatMap((row): TradeOffPoint[] => {
      const own = here.find(
        ({ variantId, provider }) => variantId === row.run.model.sha256 && provider === row.run.provider,
      );
      if (own?.fidelity) {
        const { top1Agreement, cosine, itemCount } = own.fidelity;
        const value = measure === 'agreement' ? top1Agreement : cosine;
        return value === null
          ? []
          : [{ row, value: measure === 'agreement' ? value * 100 : value, interval: null, itemCount }];
      }
      if (!references.has(row.run.model.sha256)) return [];
      return [{ row, value: measure === 'agreement' ? 100 : 1, interval: null, itemCount: null }];
    });
    const hasMeasured = points.some(({ itemCount }) => itemCount !== null);
    return { measure, points: hasMeasured ? points : [], datasetId };
  });
  return found.reduce((best, item) => (item.points.length > best.points.length ? item : best), {
    measure,
    points: [],
    datasetId: null,
  });
}
