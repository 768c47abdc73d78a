/** Numbers as all formats for people write them, beside `#shared/format.ts`: one fixed unit per column, so that columns can be compared. */
import type { Proportion } from '../quality.ts';
import type { Comparison } from '../run.ts';

export const NOT_KNOWN = '—';
const MINUS = '\u2212';

/** Milliseconds without the unit, four significant digits and at most three decimals: `0.812`, `2.203`, `12.34`, `1,234`. */
export function msText(milliseconds: number | null): string {
  if (milliseconds === null || !Number.isFinite(milliseconds)) return NOT_KNOWN;
  const size = Math.abs(milliseconds);
  // Below a microsecond three decimals would say nothing.
  if (size > 0 && size < 0.01) return milliseconds.toPrecision(2);
  const integerDigits = size < 1 ? 1 : Math.floor(Math.log10(size)) + 1;
  const decimals = Math.max(0, 4 - integerDigits);
  return milliseconds.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** `2.195–2.214`, or null where there is no interval. */
export function msIntervalText(low: number | null, high: number | null): string | null {
  return low === null || high === null ? null : `${msText(low)}–${msText(high)}`;
}

/** `95 %`, `99.9 %`: of a share that was chosen, with a decimal only where it has one. */
export function roundPercentText(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

/** `−0.12`: a difference of shares in percentage points, signed. */
export function pointsText(difference: number): string {
  const text = Math.abs(difference * 100).toFixed(2);
  if (Number(text) === 0) return '0.00';
  return `${difference < 0 ? MINUS : '+'}${text}`;
}

/** Two decimals where the number of items can carry them. */
export function shareText(share: number, itemCount: number): string {
  return `${(share * 100).toFixed(itemCount >= 1000 ? 2 : 1)} %`;
}

export function shareIntervalText(proportion: Proportion, itemCount: number): string {
  const digits = itemCount >= 1000 ? 2 : 1;
  return `${(proportion.ciLow * 100).toFixed(digits)}–${(proportion.ciHigh * 100).toFixed(digits)} %`;
}

/**
 * The interval that goes with `formatSpeedup`: of the slowdown for a slower candidate; for an indistinguishable one the
 * range of the ratio that is possible.
 */
export function speedupIntervalText({ speedup, verdict }: Pick<Comparison, 'speedup' | 'verdict'>): string | null {
  const { ciLow, ciHigh } = speedup;
  if (ciLow === null || ciHigh === null) return null;
  if (verdict === 'slower') return `${(1 / ciHigh).toFixed(2)}–${(1 / ciLow).toFixed(2)}×`;
  return `${ciLow.toFixed(2)}–${ciHigh.toFixed(2)}×`;
}

/** `74 % smaller`, `3 % larger`, `the same size`. */
export function sizeChangeText(sizeBytes: number, referenceBytes: number): string {
  const change = sizeBytes / referenceBytes - 1;
  const percent = Math.round(Math.abs(change) * 100);
  if (percent === 0) return 'the same size';
  return `${percent} % ${change < 0 ? 'smaller' : 'larger'}`;
}

/** `0.0312`, `< 0.0001`. */
export function pValueText(pValue: number): string {
  return pValue < 0.0001 ? '< 0.0001' : pValue.toFixed(4);
}

/** Times in a report are read elsewhere: `2026-11-24 14:03 UTC`. */
export function utcText(atMs: number | null): string {
  if (atMs === null) return NOT_KNOWN;
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `1 run`, `3 runs`. */
export function countText(count: number, singular: string, plural = `${singular}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? singular : plural}`;
}
