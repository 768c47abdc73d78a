/** The points of a sweep, and the bound that they are held against, in words. */
import type { CaseSettings } from '../case.ts';
import { formatCount } from '../format.ts';
import { type BoundStatistic, type LatencyBound, shareWithin } from '../latency-bound.ts';
import { minimumSampleCount } from '../statistics/quantile.ts';
import { otherSettingsText, threadsText } from '../text/case-text.ts';
import { namedInterval } from '../text/confidence-text.ts';
import { msIntervalText, msText } from '../text/number-text.ts';
import type { BoundVerdict, Estimate, SweepPoint } from './sweep-point.ts';

/** `2 threads, batch 4, spinning = off`: what differs between these points; all that matters where nothing does. */
export function conditionsOf<Point extends SweepPoint>(points: readonly Point[]): (point: Point) => string {
  const differs = (valueOf: (settings: CaseSettings) => unknown): boolean =>
    new Set(points.map(({ row }) => valueOf(row.run.settings))).size > 1;
  const hasThreads = differs(({ intraOpThreads }) => intraOpThreads);
  const hasBatches = differs(({ batchSize }) => batchSize);
  const others = points.map(({ row }) => otherSettingsText(row.run.settings));
  const common = new Set((others[0] ?? []).filter((text) => others.every((texts) => texts.includes(text))));
  const hasOthers = others.some((texts) => texts.some((text) => !common.has(text)));
  const isSame = !hasThreads && !hasBatches && !hasOthers;
  return ({ row: { run } }) => {
    const { settings } = run;
    const own = otherSettingsText(settings).filter((text) => !common.has(text));
    return [
      ...(hasThreads || isSame
        ? [`${threadsText(settings.intraOpThreads)} ${settings.intraOpThreads === 1 ? 'thread' : 'threads'}`]
        : []),
      ...(hasBatches || isSame ? [`batch ${settings.batchSize}`] : []),
      ...(hasOthers ? (own.length === 0 ? ['default settings'] : own) : []),
    ].join(', ');
  };
}

/** `a median of 10 ms or less`, `99 of 100 calls within 10 ms`. */
export function boundText({ ms, statistic }: LatencyBound): string {
  if (statistic === 'median') return `a median of ${boundMsText(ms)} ms or less`;
  return `${Math.round(shareWithin[statistic] * 100)} of 100 calls within ${boundMsText(ms)} ms`;
}

/** As it was given: `10`, `2.5`. */
export function boundMsText(ms: number): string {
  return ms.toLocaleString('en-US', { maximumFractionDigits: 3 });
}

export const verdictWords: Record<BoundVerdict, string> = {
  holds: 'holds',
  undecided: 'undecided',
  'does-not-hold': 'does not hold',
};

/** `3.240 ms (95 % interval 3.201–3.290 ms)`. */
export function pointLatencyText({ row, latencyMs }: SweepPoint, statistic: BoundStatistic): string {
  if (latencyMs === null) {
    return `too few samples for a ${statistic} (${formatCount(row.run.sampleCount)} of ${minimumSampleCount(shareWithin[statistic])})`;
  }
  return `${msText(latencyMs.estimate)} ms (${intervalSentence(latencyMs)})`;
}

/** `95 % interval 3.201–3.290 ms`; without an upper end `at least 3.201 ms`, and without either `no interval`. */
export function intervalSentence(latencyMs: Estimate): string {
  const { ciLow, ciHigh } = latencyMs;
  const words = intervalWords(latencyMs);
  if (ciLow === null) return words;
  return ciHigh === null ? `${words} ms` : namedInterval(latencyMs.confidence, `${words} ms`);
}

/** The same for cells whose heading names the interval and the unit: `3.201–3.290`. */
export function intervalWords({ ciLow, ciHigh }: Estimate): string {
  return msIntervalText(ciLow, ciHigh) ?? (ciLow === null ? 'no interval' : `at least ${msText(ciLow)}`);
}

/** `1,240 items per second`. */
export function perSecondText({ throughputPerSecond }: Pick<SweepPoint, 'throughputPerSecond'>): string {
  return `${rateText(throughputPerSecond.estimate)} items per second`;
}

/** Four significant digits. */
export function rateText(perSecond: number): string {
  return formatCount(Number(perSecond.toPrecision(4)));
}
