/** The sweet spot for programs. */
import { z } from 'zod';
import { caseSettingsSchema } from '../case.ts';
import { latencyBoundSchema } from '../latency-bound.ts';
import { sha256Schema } from '../model.ts';
import { providerIdSchema } from '../provider.ts';
import { intervalConfidenceSchema } from '../statistics/interval-confidence.ts';
import type { Sweep } from './derive-sweeps.ts';
import { sweetSpotWords } from './sweet-spot-text.ts';

/** With its interval; a bound is null where it has none. */
const estimateSchema = z.object({
  estimate: z.number(),
  ciLow: z.number().nullable(),
  ciHigh: z.number().nullable(),
  /** Of the interval, per cent; absent for that of a percentile, which has 95 %, and in documents of earlier versions. */
  confidence: intervalConfidenceSchema.nullable().optional(),
});

export const sweepDocumentSchema = z.object({
  model: z.object({ name: z.string(), sha256: sha256Schema }),
  provider: providerIdSchema,
  /** null: none was given, and the knee is named. */
  bound: latencyBoundSchema.nullable(),
  /** `undecided`: nothing surely holds the bound, but something may. */
  outcome: z.enum(['chosen', 'undecided', 'none-holds']),
  /** In the order of the plan. */
  points: z.array(
    z.object({
      runId: z.string(),
      settings: caseSettingsSchema,
      /** Of one call, by the statistic of the bound, else the median; null where the samples are too few for it. */
      latencyMs: estimateSchema.nullable(),
      /** Items per second, from the median. */
      throughputPerSecond: estimateSchema,
      peakBytes: z.number().nullable(),
      /** Whether the whole interval of the latency lies within the bound; null without one. */
      verdict: z.enum(['holds', 'undecided', 'does-not-hold']).nullable(),
      /** No other point has both more throughput and less latency. */
      isOnFront: z.boolean(),
    }),
  ),
  /** Of the best and those that cannot be told from it, the cheapest. */
  sweetSpotRunId: z.string().nullable(),
  /** Most throughput within the bound, or the knee, by the estimates alone. */
  bestRunId: z.string().nullable(),
  /** Those that cannot be told from the best, without the sweet spot. */
  equalRunIds: z.array(z.string()),
  /** Where nothing holds the bound: the run that comes nearest to it. */
  nearestRunId: z.string().nullable(),
  headline: z.string(),
  evidence: z.array(z.string()),
  caveats: z.array(z.string()),
});
export type SweepDocument = z.infer<typeof sweepDocumentSchema>;

export function sweepDocumentOf(sweep: Sweep): SweepDocument {
  const { model, provider, bound, points, sweetSpot } = sweep;
  const { headline, evidence, caveats } = sweetSpotWords(sweep);
  const chosen = sweetSpot.kind === 'chosen' ? sweetSpot : null;
  return {
    model: { name: model.name, sha256: model.sha256 },
    provider,
    bound,
    outcome: sweetSpot.kind,
    points: points.map(({ row: { run }, latencyMs, throughputPerSecond, peakBytes, verdict, isOnFront }) => ({
      runId: run.id,
      settings: run.settings,
      latencyMs,
      throughputPerSecond,
      peakBytes,
      verdict,
      isOnFront,
    })),
    sweetSpotRunId: chosen?.chosen.row.run.id ?? null,
    bestRunId: chosen?.best.row.run.id ?? null,
    equalRunIds: chosen?.equals.map(({ point }) => point.row.run.id) ?? [],
    nearestRunId: sweetSpot.kind === 'none-holds' ? sweetSpot.nearest.row.run.id : null,
    headline,
    evidence,
    caveats,
  };
}
