/** Numbers and times as people read them, the same on screen, in the terminal and in reports. Always English, `.` as decimal point. */
import type { Comparison } from './run.ts';

const NOT_KNOWN = '—';

/** Three significant digits, thousands grouped: `1,234`, `12.3`, `0.123`. */
export function formatCount(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NOT_KNOWN;
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  return value.toLocaleString('en-US', { maximumSignificantDigits: Math.abs(value) >= 1000 ? 4 : 3 });
}

/** Large counts in short: `677 k`, `3.2 M`, `1.1 G`. */
export function formatShortCount(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return NOT_KNOWN;
  const units = ['', ' k', ' M', ' G', ' T'];
  let scaled = value;
  let unit = 0;
  while (Math.abs(scaled) >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return unit === 0 ? formatCount(value) : `${scaled.toPrecision(3)}${units[unit]}`;
}

/** Binary units: `2.60 MiB`. */
export function formatBytes(sizeBytes: number | null): string {
  if (sizeBytes === null || !Number.isFinite(sizeBytes)) return NOT_KNOWN;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let scaled = sizeBytes;
  let unit = 0;
  while (Math.abs(scaled) >= 1023.5 && unit < units.length - 1) {
    scaled /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? String(Math.round(scaled)) : trimDigits(scaled, 3)} ${units[unit]}`;
}

/** Milliseconds in the unit that reads best, three significant digits: `812 µs`, `3.42 ms`, `1.20 s`. */
export function formatMs(milliseconds: number | null): string {
  if (milliseconds === null || !Number.isFinite(milliseconds)) return NOT_KNOWN;
  const size = Math.abs(milliseconds);
  if (size === 0) return '0 ms';
  if (size < 0.9995) return `${trimDigits(milliseconds * 1000, 3)} µs`;
  if (size < 999.5) return `${trimDigits(milliseconds, 3)} ms`;
  return `${trimDigits(milliseconds / 1000, 3)} s`;
}

/** A share 0..1 as per cent with one decimal, or `digits`: `92.5 %`. */
export function formatPercent(share: number | null, digits = 1): string {
  if (share === null || !Number.isFinite(share)) return NOT_KNOWN;
  return `${(share * 100).toFixed(digits)} %`;
}

/** `1.32× faster`, `1.10× slower`, or `indistinguishable`: never a number that lies inside the noise. */
export function formatSpeedup(comparison: Pick<Comparison, 'speedup' | 'verdict'>): string {
  const { estimate } = comparison.speedup;
  switch (comparison.verdict) {
    case 'faster':
      return `${estimate.toFixed(2)}× faster`;
    case 'slower':
      return `${(1 / estimate).toFixed(2)}× slower`;
    case 'indistinguishable':
      return 'indistinguishable';
  }
}

/** Local time as `2026-11-24 14:03`. */
export function formatDateTime(atMs: number | null): string {
  if (atMs === null) return NOT_KNOWN;
  const date = new Date(atMs);
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/** Elapsed or remaining time in words: `8 s`, `2 min 5 s`, `1 h 3 min`. */
export function formatDuration(milliseconds: number | null): string {
  if (milliseconds === null || !Number.isFinite(milliseconds)) return NOT_KNOWN;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 1) return 'under 1 s';
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function trimDigits(value: number, significantDigits: number): string {
  // Of the rounded value, because rounding may add a digit: 9.996 to 10.0.
  const rounded = Number(value.toPrecision(significantDigits));
  const integerDigits = Math.floor(Math.log10(Math.abs(rounded) || 1)) + 1;
  return value.toFixed(Math.max(0, significantDigits - integerDigits));
}
