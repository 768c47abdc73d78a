/** Requests arrive on their own, at random: the highest rate at which nearly all are answered in time. */
import { z } from 'zod';
import { judgeLateShare } from '../statistics/late-share.ts';
import {
  type Block,
  instanceCountSchema,
  scenarioLatencySchema,
  summarizeTimes,
  timeLimitSchema,
  watchedFacts,
} from './scenario-parts.ts';

export const serverPlanSchema = z.strictObject({
  kind: z.literal('server'),
  latencyBoundMs: z
    .number()
    .positive()
    .max(3_600_000)
    .nullable()
    .default(null)
    .describe(
      'Within so many milliseconds of its arrival a request has to be answered; without it, a multiple of the median of the case.',
    ),
  boundFactor: z
    .number()
    .min(1.1)
    .max(1000)
    .default(5)
    .describe('Without a bound in milliseconds: so many times the median of the case.'),
  percentile: z
    .number()
    .min(0.5)
    .max(0.999)
    .default(0.99)
    .describe('Share of the requests that has to be answered within the bound.'),
  instanceCount: instanceCountSchema.default(1),
  confidence: z
    .number()
    .min(0.8)
    .max(0.999)
    .default(0.95)
    .describe('A rate is said to hold the bound, or not to, with this confidence; else it is undecided.'),
  timeLimitSeconds: timeLimitSchema.default(120),
});

/** All instances run so long without a pause before the search. */
export const CAPACITY_SECONDS = 2;

/**
 * A probe is given up when it takes so many times as long as its requests should take to arrive, and the bound: at random they may
 * come late. For its 30 or more requests that is one standard deviation at least.
 */
export const ARRIVAL_SLACK = 1.2;

/** One probe: requests at one rate. The samples beside it are their latencies in milliseconds, in the order of arrival. */
export const serverFactsSchema = z.object({
  purpose: z.enum(['search', 'confirm']),
  /** Draws the times of arrival. */
  seed: z.number(),
  ratePerSecond: z.number(),
  latencyBoundMs: z.number(),
  boundSource: z.enum(['plan', 'median']),
  instanceCount: z.number(),
  intraOpThreads: z.number(),
  /** Requests per second of all instances without a pause, as measured before the search. */
  capacityPerSecond: z.number(),
  /** From the first arrival until the last answer. */
  elapsedMs: z.number(),
  /** Time in runs, all instances together. */
  busyMs: z.number(),
  /** Most requests that had arrived and were not begun. */
  longestQueue: z.number(),
  /** Of requests that met an idle instance, from their arrival until their run began: how late the generator was. */
  lateMs: z.object({ count: z.number(), p50: z.number().nullable(), p99: z.number().nullable(), max: z.number() }),
  /** The probe was ended before all its requests, because it was decided or because time was over. */
  isCutShort: z.boolean(),
  /** Requests that were drawn for it. */
  plannedCount: z.number(),
  ...watchedFacts,
});
export type ServerFacts = z.infer<typeof serverFactsSchema>;

export const serverProbeSchema = serverFactsSchema
  .omit({
    latencyBoundMs: true,
    boundSource: true,
    instanceCount: true,
    intraOpThreads: true,
    capacityPerSecond: true,
    context: true,
  })
  .extend({
    /** At the confidence of the plan. */
    verdict: z.enum(['holds', 'does-not-hold', 'undecided']),
    latencyMs: scenarioLatencySchema,
    /** Answers per second. */
    achievedPerSecond: z.number(),
    /** Share of the time of all instances that went into runs, 0..1. */
    utilisation: z.number(),
    /** Of the requests that count, those that were answered after the bound. */
    overCount: z.number(),
    /** Independent requests that these are worth: neighbours wait in the same queue. */
    effectiveCount: z.number(),
    /** Interval of the share of late answers, at the confidence of the plan. */
    overShare: z.object({ estimate: z.number(), ciLow: z.number(), ciHigh: z.number() }),
  });
export type ServerProbe = z.infer<typeof serverProbeSchema>;

export const serverResultSchema = z.object({
  latencyBoundMs: z.number(),
  boundSource: z.enum(['plan', 'median']),
  percentile: z.number(),
  confidence: z.number(),
  itemsPerRequest: z.number(),
  instanceCount: z.number(),
  intraOpThreads: z.number(),
  capacityPerSecond: z.number(),
  /**
   * `confirmed`: the rate held the bound in a run of its own after the search; a higher one may have held in the search only.
   * `not-confirmed`: it held in the search only. `none`: no rate that was tried holds. `undecided`: time was over before any rate was seen to hold.
   */
  verdict: z.enum(['confirmed', 'not-confirmed', 'none', 'undecided']),
  /** The highest rate of which the verdict is true, requests per second. */
  ratePerSecond: z.number().nullable(),
  /** The lowest rate above it that was seen not to hold; the truth lies between. */
  failsAtPerSecond: z.number().nullable(),
  /** By rising rate: the curve of rate against latency. */
  probes: z.array(serverProbeSchema),
});
export type ServerResult = z.infer<typeof serverResultSchema>;

export type ServerPlan = z.infer<typeof serverPlanSchema>;
type ServerBlock = Block<ServerFacts>;

/** @returns null without probes */
export function deriveServer(
  plan: ServerPlan,
  blocks: readonly ServerBlock[],
  { batchSize }: { batchSize: number },
): ServerResult | null {
  const [first] = blocks;
  if (first === undefined) return null;
  const { latencyBoundMs, boundSource, instanceCount, intraOpThreads, capacityPerSecond } = first.facts;
  const probes = blocks.map((block) => deriveProbe(plan, block)).toSorted((a, b) => a.ratePerSecond - b.ratePerSecond);
  return {
    latencyBoundMs,
    boundSource,
    percentile: plan.percentile,
    confidence: plan.confidence,
    itemsPerRequest: batchSize,
    instanceCount,
    intraOpThreads,
    capacityPerSecond,
    ...concludeProbes(probes),
    probes,
  };
}

export function deriveProbe(plan: ServerPlan, { facts, samplesMs }: ServerBlock): ServerProbe {
  const {
    latencyBoundMs,
    boundSource: _source,
    instanceCount,
    intraOpThreads: _threads,
    capacityPerSecond: _rate,
    context: _context,
    ...rest
  } = facts;
  const { percentile, confidence } = plan;
  const judged = judgeLateShare(samplesMs, {
    latencyBoundMs,
    percentile,
    confidence,
    plannedCount: facts.plannedCount,
  });
  return {
    ...rest,
    verdict: judged.verdict,
    latencyMs: summarizeTimes(samplesMs),
    achievedPerSecond: (samplesMs.length * 1000) / facts.elapsedMs,
    utilisation: facts.busyMs / (facts.elapsedMs * instanceCount),
    overCount: judged.lateCount,
    effectiveCount: judged.effectiveCount,
    overShare: judged.share,
  };
}

type Probed = Pick<ServerProbe, 'ratePerSecond' | 'verdict' | 'purpose'>;

/** A rate counts as held only below every rate that did not hold. */
export function concludeProbes(
  probes: readonly Probed[],
): Pick<ServerResult, 'verdict' | 'ratePerSecond' | 'failsAtPerSecond'> {
  const ratesOf = (isMeant: (probe: Probed) => boolean): number[] =>
    probes.filter(isMeant).map(({ ratePerSecond }) => ratePerSecond);
  const lowestFailure = Math.min(...ratesOf(({ verdict }) => verdict === 'does-not-hold'));
  const failsAtPerSecond = Number.isFinite(lowestFailure) ? lowestFailure : null;
  const held = probes.filter((probe) => probe.verdict === 'holds' && probe.ratePerSecond < lowestFailure);
  const confirmed = Math.max(
    ...held.filter(({ purpose }) => purpose === 'confirm').map((probe) => probe.ratePerSecond),
  );
  if (Number.isFinite(confirmed)) return { verdict: 'confirmed', ratePerSecond: confirmed, failsAtPerSecond };
  const found = Math.max(...held.map((probe) => probe.ratePerSecond));
  if (Number.isFinite(found)) return { verdict: 'not-confirmed', ratePerSecond: found, failsAtPerSecond };
  const isOpen = probes.some((probe) => probe.verdict === 'undecided' && probe.ratePerSecond < lowestFailure);
  return { verdict: isOpen || failsAtPerSecond === null ? 'undecided' : 'none', ratePerSecond: null, failsAtPerSecond };
}
