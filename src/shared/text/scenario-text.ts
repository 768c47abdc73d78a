/** What a scenario found, in sentences: the same on screen, in the terminal and in reports. */
import { formatCount, formatDuration, formatMs } from '../format.ts';
import type { LatencyBound } from '../latency-bound.ts';
import type { MultiStreamResult } from '../scenarios/multi-stream.ts';
import type { OfflinePoint, OfflineResult } from '../scenarios/offline.ts';
import type { ScenarioLatency } from '../scenarios/scenario-parts.ts';
import type { ScenarioKind, ScenarioOutcome } from '../scenarios/scenario.ts';
import type { ServerProbe, ServerResult } from '../scenarios/server.ts';
import type { SingleStreamResult } from '../scenarios/single-stream.ts';
import { offlineSpotSentences } from '../sweet-spot/offline-spot.ts';
import { countText, roundPercentText } from './number-text.ts';

export const scenarioTitles: Record<ScenarioKind, string> = {
  'single-stream': 'Single stream',
  'multi-stream': 'Multi-stream',
  offline: 'Offline',
  server: 'Server',
};

/** For reports, which are read by people who did not ask. */
export const SCENARIOS_METHOD =
  'Ways in which a model is asked in use, after MLPerf (Reddi et al. 2020). Single stream: one caller waits for each answer. Multi-stream: one caller asks for several items at once. Offline: all items are there at once, and instances of the model work beside each other; points are compared by paired rounds. Server: requests arrive at random (Poisson) and wait in one queue; latency counts from the arrival. A rate holds the bound when a binomial test over as many independent requests as those of a queue are worth says so at the confidence that was asked for.';

/** A generator that is late by more than this share of the bound has a part in what is measured. */
const LATE_SHARE = 0.05;

/**
 * One sentence or some; the first is the answer.
 * @param bound that a call has to hold, where all items are there at once
 */
export function scenarioSentences(outcome: ScenarioOutcome, bound: LatencyBound | null = null): string[] {
  const within =
    bound === null || outcome.kind !== 'offline' || outcome.result === null
      ? []
      : offlineSpotSentences(outcome.result, bound, pointText);
  const disturbances = (outcome.disturbances ?? []).map(({ message }) => message);
  return [
    ...resultSentences(outcome),
    ...within,
    ...disturbances,
    ...(outcome.error === null ? [] : [outcome.error.message]),
  ];
}

function resultSentences(outcome: ScenarioOutcome): string[] {
  if (outcome.result === null) return outcome.error === null ? ['Nothing was measured yet.'] : [];
  switch (outcome.kind) {
    case 'single-stream':
      return [singleStreamSentence(outcome.result)];
    case 'multi-stream':
      return [multiStreamSentence(outcome.result)];
    case 'offline':
      return offlineSentences(outcome.result);
    case 'server':
      return serverSentences(outcome.result, outcome.status === 'pending');
  }
}

function singleStreamSentence({ itemsPerQuery, latencyMs }: SingleStreamResult): string {
  return `${percentileText(latencyMs, 'p90')} for ${itemsText(itemsPerQuery)} at a time, of ${countText(latencyMs.count, 'query', 'queries')}.`;
}

function multiStreamSentence({ itemsPerQuery, runsPerQuery, latencyMs, itemsPerSecond }: MultiStreamResult): string {
  const how = runsPerQuery === 1 ? '' : `, in ${runsPerQuery} runs because the model fixes its batch`;
  return `${percentileText(latencyMs, 'p99')} for a query of ${itemsText(itemsPerQuery)}${how}, of ${countText(latencyMs.count, 'query', 'queries')}; ${formatCount(itemsPerSecond)} items per second.`;
}

/** Too few values support no percentile; then the median tells something, or the mean. */
function percentileText(latencyMs: ScenarioLatency, name: 'p90' | 'p99'): string {
  const value = latencyMs[name];
  if (value !== null) return `${name} of ${formatMs(value)}`;
  const known =
    latencyMs.p50 === null ? `a mean of ${formatMs(latencyMs.mean)}` : `a median of ${formatMs(latencyMs.p50)}`;
  return `Too few queries for ${name}; ${known}`;
}

function offlineSentences({ points, failures }: OfflineResult): string[] {
  const [best] = points;
  const failed = failures.map((point) => `${capitalize(pointText(point))} failed: ${point.error.message}`);
  if (best === undefined) return ['No point could be measured.', ...failed];
  const { estimate, ciLow, ciHigh } = best.itemsPerSecond;
  const interval = ciLow === null || ciHigh === null ? '' : ` (${formatCount(ciLow)}–${formatCount(ciHigh)})`;
  const equals = points.filter(({ verdict }) => verdict === 'indistinguishable');
  const untold = points.filter(({ verdict }) => verdict === 'too-few-rounds');
  return [
    `${formatCount(estimate)} items per second${interval} with ${pointText(best)}.`,
    ...(equals.length === 0 ? [] : [`Not to be told from it: ${equals.map(pointText).join('; ')}.`]),
    ...(untold.length === 0
      ? []
      : [
          `Too few rounds to compare it with ${countText(untold.length, 'other point', 'other points')}. Give the scenario more time, or ask for fewer points.`,
        ]),
    ...failed,
  ];
}

export function pointText({
  batchSize,
  instanceCount,
  intraOpThreads,
}: Pick<OfflinePoint, 'batchSize' | 'instanceCount' | 'intraOpThreads'>): string {
  const threads = intraOpThreads === 0 ? '' : ` of ${countText(intraOpThreads, 'thread')}`;
  return `batch ${batchSize} on ${countText(instanceCount, 'instance')}${threads}`;
}

/** @param isUnfinished it was cancelled, or is still measured: what it found so far is no answer */
function serverSentences(result: ServerResult, isUnfinished: boolean): string[] {
  const { percentile, latencyBoundMs, boundSource, instanceCount, capacityPerSecond, confidence } = result;
  const within = `${roundPercentText(percentile)} within ${Number(latencyBoundMs.toPrecision(3))} ms`;
  const sure = `${roundPercentText(confidence)} confidence`;
  const source =
    boundSource === 'plan' ? '' : ' The bound was derived from the median of the run, since none was given.';
  const capacity = `Without a pause ${countText(instanceCount, 'instance answers', 'instances answer')} ${formatCount(capacityPerSecond)} per second.`;
  return [
    `${isUnfinished ? unfinishedText(result, within) : answerOf(result, within, sure)}${source}`,
    failureSentence(result),
    heldOnceSentence(result),
    capacity,
    lateSentence(result),
  ].filter((sentence) => sentence !== null);
}

function unfinishedText({ ratePerSecond }: ServerResult, within: string): string {
  const soFar = ratePerSecond === null ? '' : ` So far, ${formatCount(ratePerSecond)} per second holds.`;
  return `The search for the highest rate that answers ${within} has not ended.${soFar}`;
}

function answerOf(result: ServerResult, within: string, sure: string): string {
  const { verdict, ratePerSecond } = result;
  switch (verdict) {
    case 'confirmed':
      return `${formatCount(ratePerSecond)} requests per second: ${within}, held in a run of its own (${sure}).`;
    case 'not-confirmed':
      return `${formatCount(ratePerSecond)} requests per second in the search (${within}, ${sure}), which was not confirmed. Give the scenario more time.`;
    case 'none':
      return `No rate that was tried answers ${within}. Allow more time for an answer${isBelowTimers(result) ? '' : ', or make the model faster'}.`;
    case 'undecided':
      return `Undecided: at no rate were there enough requests to say that ${within} holds. ${moreTimeSentence(result)}`;
  }
}

/** What one probe at the lowest rate would need if none of its answers were late, and the requests worth as much as those that were seen. */
function moreTimeSentence({ probes, percentile, confidence }: ServerResult): string {
  const [lowest] = probes;
  if (lowest === undefined || lowest.effectiveCount === 0) return 'Give the scenario more time.';
  const independentCount = Math.log(1 - confidence) / Math.log(percentile);
  const requestCount = (independentCount * lowest.latencyMs.count) / lowest.effectiveCount;
  const seconds = requestCount / lowest.ratePerSecond;
  return `At ${formatCount(lowest.ratePerSecond)} per second it takes ${formatDuration(seconds * 1000)} or more to tell: give the scenario several times as much.`;
}

function failureSentence({ failsAtPerSecond, ratePerSecond }: ServerResult): string | null {
  if (failsAtPerSecond === null) return null;
  const between = ratePerSecond === null ? '' : '; what lies between is undecided';
  return `At ${formatCount(failsAtPerSecond)} per second it does not hold${between}.`;
}

/** Of the highest rate that held in the search and not when it was tried again, where the answer is a lower one. */
function heldOnceSentence({ probes, ratePerSecond }: ServerResult): string | null {
  const rates = probes
    .filter(({ verdict, purpose }) => verdict !== 'holds' && purpose === 'confirm')
    .map((probe) => probe.ratePerSecond)
    .filter((rate) => rate > (ratePerSecond ?? 0))
    .filter((rate) => probes.some((probe) => probe.ratePerSecond === rate && probe.verdict === 'holds'));
  return rates.length === 0
    ? null
    : `${formatCount(Math.max(...rates))} per second held in the search, but not again with other arrivals.`;
}

/** How late requests were begun that met an idle instance, by the furthest statistic that their number supports. */
type Lateness = { ms: number; text: string };

function latenessOf({ lateMs }: ServerProbe): Lateness | null {
  if (lateMs.count === 0) return null;
  const { count, p50, p99, max } = lateMs;
  if (p99 !== null) {
    return {
      ms: p99,
      text: `1 in 100 that met an idle instance was begun ${formatMs(p99)} after its arrival or later`,
    };
  }
  if (p50 !== null) {
    return {
      ms: p50,
      text: `half of those that met an idle instance were begun ${formatMs(p50)} after their arrival or later`,
    };
  }
  return {
    ms: max,
    text: `of ${countText(count, 'request')} that met an idle instance, the latest was begun ${formatMs(max)} after its arrival`,
  };
}

/** The latest of the probe that the answer rests on, or else of all. */
function latestOf({ probes, ratePerSecond }: ServerResult): Lateness | null {
  return probes
    .filter((probe) => ratePerSecond === null || probe.ratePerSecond === ratePerSecond)
    .map(latenessOf)
    .reduce((latest, late) => (late !== null && late.ms > (latest?.ms ?? 0) ? late : latest), null);
}

/**
 * Whether the machine alone takes longer than the bound until it begins requests that nobody is before of: half of them at every rate at
 * which enough were seen. No model answers these in time.
 */
function isBelowTimers({ probes, latencyBoundMs }: ServerResult): boolean {
  const typical = probes.map(({ lateMs }) => lateMs.p50).filter((ms) => ms !== null);
  return typical.length > 0 && typical.every((ms) => ms > latencyBoundMs);
}

function lateSentence(result: ServerResult): string | null {
  const late = latestOf(result);
  if (late === null || late.ms <= LATE_SHARE * result.latencyBoundMs) return null;
  return isBelowTimers(result)
    ? `The bound lies below what the timers of this machine resolve, whatever the model: ${late.text}.`
    : `The requests themselves were late: ${late.text}, as on a busy machine. That is in the latencies.`;
}

export const probeVerdictWords: Record<ServerProbe['verdict'], string> = {
  holds: 'holds',
  'does-not-hold': 'does not hold',
  undecided: 'undecided',
};

function itemsText(count: number): string {
  return countText(count, 'item');
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
