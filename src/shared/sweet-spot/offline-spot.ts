/**
 * Batch, instances and threads to run a model with when all items are there at once, and no call may take longer than a bound: the
 * rules are those of `find-sweet-spot.ts`, the points those of the offline scenario.
 */
import { formatCount } from '../format.ts';
import type { LatencyBound } from '../latency-bound.ts';
import type { OfflinePoint, OfflineResult } from '../scenarios/offline.ts';
import type { SampleBlock } from '../run.ts';
import { compareBlocks } from '../statistics/compare-blocks.ts';
import { countText, msText } from '../text/number-text.ts';
import { boundText, intervalSentence, verdictWords } from './point-text.ts';
import { cheapestOf } from './find-sweet-spot.ts';
import { type BoundVerdict, judgeBound } from './sweep-point.ts';

export function offlineVerdict(point: OfflinePoint, bound: LatencyBound): BoundVerdict {
  return judgeBound(point.callMs[bound.statistic], bound);
}

/** `null`: no point holds the bound. `equals` without the chosen one. */
export function offlineSpot(
  { points, smallestDifference }: Pick<OfflineResult, 'points' | 'smallestDifference'>,
  bound: LatencyBound,
): { chosen: OfflinePoint; equals: OfflinePoint[] } | null {
  const held = points.filter((point) => offlineVerdict(point, bound) === 'holds');
  const [first] = held;
  if (first === undefined) return null;
  const best = held.reduce((found, point) =>
    point.itemsPerSecond.estimate > found.itemsPerSecond.estimate ? point : found,
  );
  const contenders = held.filter((point) => point === best || isAsFast(point, best, smallestDifference));
  const chosen = cheapestOf(contenders, (point) => ({
    peakBytes: point.peakBytes,
    threadCount: threadCountOf(point),
    batchSize: point.batchSize,
    callMs: point.latencyMs.mean,
  }));
  return { chosen, equals: contenders.filter((point) => point !== chosen) };
}

/** One instance whose threads ONNX Runtime chose takes all cores, even where their number was not kept. */
function threadCountOf({ threadCount, instanceCount, intraOpThreads }: OfflinePoint): number {
  return threadCount ?? (intraOpThreads === 0 ? Infinity : instanceCount * intraOpThreads);
}

/** By paired rounds; with too few of them nothing can be told, and the best by its estimate stays. */
function isAsFast(point: OfflinePoint, best: OfflinePoint, smallestDifference: number): boolean {
  const compared = compareBlocks(timesPerItem(best), timesPerItem(point), { smallestDifference });
  return compared !== null && compared.speedup.ciLow !== null && compared.verdict === 'indistinguishable';
}

function timesPerItem({ rounds }: OfflinePoint): SampleBlock[] {
  return rounds.map(({ round, itemsPerSecond }, blockIndex) => ({
    blockIndex,
    round,
    startedAtMs: 0,
    samplesMs: [1000 / itemsPerSecond],
  }));
}

/** @param nameOf `batch 8 on 2 instances of 1 thread` */
export function offlineSpotSentences(
  result: OfflineResult,
  bound: LatencyBound,
  nameOf: (point: OfflinePoint) => string,
): string[] {
  const { points } = result;
  if (points.length === 0) return [];
  const { statistic } = bound;
  const latencyText = (point: OfflinePoint): string => {
    const call = point.callMs[statistic];
    if (call === null) return `too few runs for a ${statistic}`;
    return `${statistic} ${msText(call.estimate)} ms, ${intervalSentence(call)}`;
  };
  const spot = offlineSpot(result, bound);
  if (spot !== null) {
    const { chosen, equals } = spot;
    const others =
      equals.length === 0 ? '' : ` As good as far as can be told, but not cheaper: ${equals.map(nameOf).join('; ')}.`;
    return [
      `With ${boundText(bound)}: ${nameOf(chosen)}, ${formatCount(chosen.itemsPerSecond.estimate)} items per second (${latencyText(chosen)}).${others}`,
    ];
  }
  const undecided = points.filter((point) => offlineVerdict(point, bound) === 'undecided');
  if (undecided.length > 0) {
    return [
      `Nothing surely holds ${boundText(bound)}; ${countText(undecided.length, 'point is', 'points are')} ${verdictWords.undecided}: ${undecided.map((point) => `${nameOf(point)} (${latencyText(point)})`).join('; ')}. Give the scenario more time.`,
    ];
  }
  const nearest = points.reduce((found, point) =>
    (point.callMs[statistic]?.estimate ?? Infinity) < (found.callMs[statistic]?.estimate ?? Infinity) ? point : found,
  );
  return [
    `No point holds ${boundText(bound)}; the nearest is ${nameOf(nearest)} (${latencyText(nearest)}). Smaller batches, fewer instances beside each other or a smaller model may.`,
  ];
}
