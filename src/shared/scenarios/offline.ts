/** All items are there at once: which batch and how many instances give the largest throughput. */
import { z } from 'zod';
import { errorDataSchema } from '../app-error.ts';
import { compareBlocks, SMALLEST_DIFFERENCE_OF_INTEREST } from '../statistics/compare-blocks.ts';
import { dependenceStretch } from '../statistics/dependence-stretch.ts';
import { intervalConfidence, intervalConfidenceSchema } from '../statistics/interval-confidence.ts';
import { signedRankInterval } from '../statistics/signed-rank.ts';
import {
  type Block,
  callTimesOf,
  callTimesSchema,
  instanceCountSchema,
  scenarioLatencySchema,
  summarizeTimes,
  timeLimitSchema,
  watchedFacts,
} from './scenario-parts.ts';

const pointSchema = z.object({
  batchSize: z.number(),
  instanceCount: z.number(),
  /** Of each instance; 0: ONNX Runtime chose. */
  intraOpThreads: z.number(),
});

export const offlinePlanSchema = z.strictObject({
  kind: z.literal('offline'),
  batchSizes: z
    .array(z.number().int().min(1).max(65_536))
    .min(1)
    .max(16)
    .default([1, 8, 32])
    .describe('Items per run that are tried, each with each number of instances.'),
  instanceCounts: z
    .array(instanceCountSchema)
    .min(1)
    .max(16)
    .nullable()
    .default(null)
    .describe(
      'Numbers of instances that are tried; without any: 1, 2, 4 and so on, up to the physical cores, or the usable ones where those are fewer.',
    ),
  timeLimitSeconds: timeLimitSchema.default(60),
});

/** Loading has as much time as measuring, and this at least: processes take a second or two each on a busy machine. */
export const LEAST_LOADING_SECONDS = 30;

/**
 * Every batch size with every number of instances.
 * @param mostInstances that are tried where the plan names no numbers: 1, 2, 4 and so on, and these
 */
export function offlinePoints(
  { batchSizes, instanceCounts }: Pick<z.infer<typeof offlinePlanSchema>, 'batchSizes' | 'instanceCounts'>,
  mostInstances: number,
): { batchSize: number; instanceCount: number }[] {
  const counts = instanceCounts ?? powersUpTo(mostInstances);
  return [...new Set(counts)].flatMap((instanceCount) =>
    [...new Set(batchSizes)].map((batchSize) => ({ batchSize, instanceCount })),
  );
}

function powersUpTo(limit: number): number[] {
  const powers: number[] = [];
  for (let power = 1; power < limit; power *= 2) powers.push(power);
  return [...powers, limit];
}

/** One block of one point: all its instances run without a pause. The samples beside it are the times of all runs in milliseconds. */
export const offlineFactsSchema = pointSchema.extend({
  /** Of all instances together, those that ONNX Runtime chose included; absent in blocks of earlier versions. */
  threadCount: z.number().optional(),
  /** Blocks of one round were measured back to back. */
  round: z.number(),
  /** The rates of all instances together, each over its own time. */
  runsPerSecond: z.number(),
  /** Largest resident memory of the process, all instances together; null where the platform tells nothing. */
  peakBytes: z.number().nullable(),
  /** Why the point could not be measured further; then without samples. */
  error: errorDataSchema.nullable(),
  ...watchedFacts,
});
export type OfflineFacts = z.infer<typeof offlineFactsSchema>;

/** A point that could not be measured. */
export const offlineFailureSchema = pointSchema.extend({ error: errorDataSchema });

const estimateSchema = z.object({
  estimate: z.number(),
  ciLow: z.number().nullable(),
  ciHigh: z.number().nullable(),
  /** Of the interval, per cent; null without one, absent in documents of earlier versions. */
  confidence: intervalConfidenceSchema.nullable().optional(),
});

export const offlinePointSchema = pointSchema.extend({
  /** The centre of the blocks (Hodges & Lehmann); the interval is null below six blocks. */
  itemsPerSecond: estimateSchema,
  blockCount: z.number(),
  /** For comparisons of two points. */
  rounds: z.array(z.object({ round: z.number(), itemsPerSecond: z.number() })),
  /** Of one run, which is one batch. */
  latencyMs: scenarioLatencySchema,
  callMs: callTimesSchema,
  peakBytes: z.number().nullable(),
  /** As in the facts; null where that is not known. */
  threadCount: z.number().nullable(),
  /** Against the best point, by paired blocks, as runs are compared; `too-few-rounds` are shared to tell anything. */
  verdict: z.enum(['best', 'indistinguishable', 'slower', 'too-few-rounds']),
});
export type OfflinePoint = z.infer<typeof offlinePointSchema>;

export const offlineResultSchema = z.object({
  /** The largest throughput first. */
  points: z.array(offlinePointSchema),
  failures: z.array(offlineFailureSchema),
  /** Differences of throughput below it are none: the plan's, a share. */
  smallestDifference: z.number().default(SMALLEST_DIFFERENCE_OF_INTEREST),
});
export type OfflineResult = z.infer<typeof offlineResultSchema>;

type OfflineBlock = Block<OfflineFacts>;

/** @returns null without blocks */
export function deriveOffline(
  blocks: readonly OfflineBlock[],
  smallestDifference = SMALLEST_DIFFERENCE_OF_INTEREST,
): OfflineResult | null {
  if (blocks.length === 0) return null;
  const groups = [...Map.groupBy(blocks, ({ facts }) => JSON.stringify(pointOf(facts))).values()];
  const failures = blocks.flatMap(({ facts }) =>
    facts.error === null ? [] : [{ ...pointOf(facts), error: facts.error }],
  );
  const measured = groups
    .map((group) => group.filter(({ samplesMs }) => samplesMs.length > 0))
    .filter((group) => group.length > 0)
    .map((group) => ({ group, itemsPerSecond: centreOf(group) }))
    .toSorted((a, b) => b.itemsPerSecond.estimate - a.itemsPerSecond.estimate);
  const best = measured[0]?.group ?? [];
  const points = measured.map(({ group, itemsPerSecond }): OfflinePoint => {
    const peaks = group.flatMap(({ facts }) => (facts.peakBytes === null ? [] : [facts.peakBytes]));
    const { facts } = group[0] as OfflineBlock;
    return {
      ...pointOf(facts),
      threadCount: facts.threadCount ?? null,
      itemsPerSecond,
      blockCount: group.length,
      rounds: group.map(({ facts }) => ({ round: facts.round, itemsPerSecond: itemsPerSecondOf(facts) })),
      latencyMs: summarizeTimes(group.flatMap(({ samplesMs }) => samplesMs)),
      callMs: callTimesOf(group.map(({ samplesMs }) => samplesMs)),
      peakBytes: peaks.length === 0 ? null : Math.max(...peaks),
      verdict: group === best ? 'best' : againstBest(group, best, smallestDifference),
    };
  });
  return { points, failures, smallestDifference };
}

function againstBest(
  group: readonly OfflineBlock[],
  best: readonly OfflineBlock[],
  smallestDifference: number,
): OfflinePoint['verdict'] {
  const compared = compareBlocks(group.map(timePerItem), best.map(timePerItem), { smallestDifference });
  if (compared === null || compared.speedup.ciLow === null) return 'too-few-rounds';
  return compared.verdict === 'faster' ? 'slower' : 'indistinguishable';
}

/** A block as one sample: the time that an item takes, so that blocks compare as those of runs do. */
function timePerItem({ startedAtMs, facts }: OfflineBlock, blockIndex: number) {
  return { blockIndex, round: facts.round, startedAtMs, samplesMs: [1000 / itemsPerSecondOf(facts)] };
}

function centreOf(group: readonly OfflineBlock[]): OfflinePoint['itemsPerSecond'] {
  const logs = group.map(({ facts }) => Math.log(itemsPerSecondOf(facts)));
  const { estimate, low, high } = signedRankInterval(logs, 0.95);
  const stretch = dependenceStretch(
    logs.map((value) => [value]),
    { kind: 'times' },
  );
  return {
    estimate: Math.exp(estimate),
    ciLow: low === null ? null : Math.exp(estimate - stretch * (estimate - low)),
    ciHigh: high === null ? null : Math.exp(estimate + stretch * (high - estimate)),
    confidence: low === null ? null : intervalConfidence(group.length),
  };
}

function itemsPerSecondOf({ batchSize, runsPerSecond }: OfflineFacts): number {
  return batchSize * runsPerSecond;
}

function pointOf({
  batchSize,
  instanceCount,
  intraOpThreads,
}: z.infer<typeof pointSchema>): z.infer<typeof pointSchema> {
  return { batchSize, instanceCount, intraOpThreads };
}
