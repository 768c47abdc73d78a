/** What an interval holds, in words: the same on screen, in the terminal and in reports. */
import type { IntervalConfidence } from '../statistics/interval-confidence.ts';

/** Absent where the interval is none of blocks of times, as that of a percentile, and in documents of earlier versions; null where there is none. */
type Known = IntervalConfidence | null | undefined;

/** For headings of narrow columns: `Median ms (95 %)`, `Median ms (≥ 95 %)`; the title alone where no cell has an interval. */
export function titleWithConfidence(title: string, confidence: Known): string {
  if (confidence === null) return title;
  return `${title} (${confidence === 'at-least-95' ? '≥ 95 %' : '95 %'})`;
}

/** `95 % interval`, `interval of at least 95 %`. */
export function intervalName(confidence: Known): string {
  return named('interval', confidence);
}

/** `95 % intervals`, `intervals of at least 95 %`. */
export function intervalsName(confidence: Known): string {
  return named('intervals', confidence);
}

/** `95 % interval 1.50–1.71×`, `interval of at least 95 %: 1.50–1.71×`. */
export function namedInterval(confidence: Known, interval: string): string {
  return `${intervalName(confidence)}${confidence === 'at-least-95' ? ':' : ''} ${interval}`;
}

function named(noun: string, confidence: Known): string {
  if (confidence === null) return noun;
  return confidence === 'at-least-95' ? `${noun} of at least 95 %` : `95 % ${noun}`;
}
