/** What an interval holds, in words: the same on screen, in the terminal and in reports. */
import type { IntervalConfidence } from '../statistics/interval-confidence.ts';

/** Absent where the interval is none of blocks of times, as that of a percentile, and in documents of earlier versions. */
type Known = IntervalConfidence | null | undefined;

/** For narrow headings: `95 %`, `≥ 95 %`. */
export function confidenceSign(confidence: Known): string {
  return confidence === 'at-least-95' ? '≥ 95 %' : '95 %';
}

/** `95 % interval`, `interval of at least 95 %`. */
export function intervalName(confidence: Known): string {
  return confidence === 'at-least-95' ? 'interval of at least 95 %' : '95 % interval';
}

/** `95 % intervals`, `intervals of at least 95 %`. */
export function intervalsName(confidence: Known): string {
  return confidence === 'at-least-95' ? 'intervals of at least 95 %' : '95 % intervals';
}

/** `95 % interval 1.50–1.71×`, `interval of at least 95 %: 1.50–1.71×`. */
export function namedInterval(confidence: Known, interval: string): string {
  return `${intervalName(confidence)}${confidence === 'at-least-95' ? ':' : ''} ${interval}`;
}
