/** Whether the scenarios of a run that was measured again found the same. Pure. */
import { z } from 'zod';
import { judge, judgedSchema, type Judged, repeatVerdictSchema } from '../judge-repeat.ts';
import { type BoundStatistic, boundStatisticSchema } from '../latency-bound.ts';
import { SMALLEST_DIFFERENCE_OF_INTEREST } from '../statistics/compare-blocks.ts';
import type { OfflinePoint } from './offline.ts';
import type { ScenarioOutcome } from './scenario.ts';
import type { CallTimes } from './scenario-parts.ts';
import type { ServerResult } from './server.ts';

/** From the highest rate that held the bound to the lowest that did not, requests per second; null where none was seen not to. */
const bracketSchema = z.object({ low: z.number(), high: z.number().nullable() });
type Bracket = z.infer<typeof bracketSchema>;

export const scenarioRepeatSchema = z.discriminatedUnion('kind', [
  /** Latencies of whole queries, milliseconds. */
  judgedSchema.extend({ kind: z.literal('single-stream'), statistic: boundStatisticSchema }),
  judgedSchema.extend({ kind: z.literal('multi-stream'), statistic: boundStatisticSchema }),
  /** Items per second of what was the best point of the original, in both. */
  judgedSchema.extend({
    kind: z.literal('offline'),
    batchSize: z.number(),
    instanceCount: z.number(),
    intraOpThreads: z.number(),
  }),
  /** `inside`: the two have rates in common. */
  z.object({
    kind: z.literal('server'),
    original: bracketSchema.nullable(),
    repeat: bracketSchema.nullable(),
    verdict: repeatVerdictSchema,
  }),
]);
export type ScenarioRepeat = z.infer<typeof scenarioRepeatSchema>;

/**
 * Those of which the original has no result are left out.
 * @param smallestDifference of the original's plan, a share: smaller ones are inside. Rates have brackets, which it does not widen
 */
export function compareScenarios(
  originals: readonly ScenarioOutcome[],
  repeats: readonly ScenarioOutcome[],
  smallestDifference = SMALLEST_DIFFERENCE_OF_INTEREST,
): ScenarioRepeat[] {
  return originals.flatMap((original): ScenarioRepeat[] => {
    if (original.result === null) return [];
    switch (original.kind) {
      case 'single-stream': {
        const again = repeats.find((item) => item.kind === original.kind)?.result ?? null;
        return [{ kind: original.kind, ...judgeLatency(original.result, again, { named: 'p90', smallestDifference }) }];
      }
      case 'multi-stream': {
        const again = repeats.find((item) => item.kind === original.kind)?.result ?? null;
        return [{ kind: original.kind, ...judgeLatency(original.result, again, { named: 'p99', smallestDifference }) }];
      }
      case 'offline': {
        const [best] = original.result.points;
        if (best === undefined) return [];
        const again = repeats.find((item) => item.kind === original.kind)?.result ?? null;
        return [judgePoint(best, again?.points ?? [], smallestDifference)];
      }
      case 'server': {
        const again = repeats.find((item) => item.kind === original.kind)?.result ?? null;
        return [judgeRate(original.result, again)];
      }
    }
  });
}

/** Of the figure that LoadGen names, where both have an interval of it; else of the median. */
function judgeLatency(
  original: { callMs: CallTimes },
  repeat: { callMs: CallTimes } | null,
  { named, smallestDifference }: { named: BoundStatistic; smallestDifference: number },
): Judged & { statistic: BoundStatistic } {
  const judged = (statistic: BoundStatistic) => ({
    statistic,
    ...judge(original.callMs[statistic], repeat?.callMs[statistic] ?? null, smallestDifference),
  });
  const asNamed = judged(named);
  return asNamed.verdict === 'unknown' && repeat !== null ? judged('median') : asNamed;
}

function judgePoint(best: OfflinePoint, points: readonly OfflinePoint[], smallestDifference: number): ScenarioRepeat {
  const { batchSize, instanceCount, intraOpThreads } = best;
  const again = points.find((point) => point.batchSize === batchSize && point.instanceCount === instanceCount);
  return {
    kind: 'offline',
    batchSize,
    instanceCount,
    intraOpThreads,
    ...judge(best.itemsPerSecond, again?.itemsPerSecond ?? null, smallestDifference),
  };
}

function judgeRate(original: ServerResult, repeat: ServerResult | null): ScenarioRepeat {
  const before = bracketOf(original);
  const after = repeat === null ? null : bracketOf(repeat);
  const about = { kind: 'server', original: before, repeat: after } as const;
  if (before === null || after === null) return { ...about, verdict: 'unknown' };
  const isInside = Math.max(before.low, after.low) <= Math.min(before.high ?? Infinity, after.high ?? Infinity);
  return { ...about, verdict: isInside ? 'inside' : 'outside' };
}

/** @returns null where nothing was decided, neither upwards nor downwards */
function bracketOf({ ratePerSecond, failsAtPerSecond }: ServerResult): Bracket | null {
  if (ratePerSecond === null && failsAtPerSecond === null) return null;
  return { low: ratePerSecond ?? 0, high: failsAtPerSecond };
}
