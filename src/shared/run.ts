/** A run: one measured case on one device at one time. Statistics are derived from its raw samples, never stored. */
import { z } from 'zod';
import { errorDataSchema } from './app-error.ts';
import { blockContextSchema } from './block-context.ts';
import { caseSettingsSchema } from './case.ts';
import { sha256Schema } from './model.ts';
import { providerIdSchema } from './provider.ts';
import { scenarioOutcomeSchema } from './scenarios/scenario.ts';
import { speedFindingSchema } from './speed-finding.ts';
import { stabilityReasonSchema } from './stability-reason.ts';
import { intervalConfidenceSchema } from './statistics/interval-confidence.ts';

/** All times in milliseconds; a percentile the sample count cannot support is null. */
export const latencySummarySchema = z.object({
  median: z.number(),
  /** Interval of the median; null below six blocks. */
  ciLow: z.number().nullable(),
  ciHigh: z.number().nullable(),
  /** Of that interval, per cent; null without one, absent in documents of earlier versions. */
  confidence: intervalConfidenceSchema.nullable().optional(),
  mean: z.number(),
  stdDev: z.number().nullable(),
  mad: z.number(),
  min: z.number(),
  max: z.number(),
  p50: z.number().nullable(),
  p90: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
  /** Why percentiles are null: samples that each needs, and that there are. */
  unsupportedPercentiles: z
    .array(z.object({ name: z.enum(['p50', 'p90', 'p95', 'p99']), needs: z.number(), has: z.number() }))
    .optional(),
});
export type LatencySummary = z.infer<typeof latencySummarySchema>;

/** Numbers of samples beyond Tukey's fences; `inBursts`: severe ones above the rest beside another such one. */
export const outliersSchema = z.object({
  mildAbove: z.number(),
  severeAbove: z.number(),
  mildBelow: z.number(),
  severeBelow: z.number(),
  inBursts: z.number(),
});
export type Outliers = z.infer<typeof outliersSchema>;

export const stabilitySchema = z.object({
  verdict: z.enum(['stable', 'unstable']),
  reasons: z.array(stabilityReasonSchema),
  outliers: outliersSchema.optional(),
});
export type Stability = z.infer<typeof stabilitySchema>;

/** What the machine did during all blocks of a run; see `block-context.ts`. null: the platform does not tell. */
export const runContextSchema = z.object({
  blockCount: z.number(),
  wallMs: z.number(),
  readingMs: z.number(),
  otherCores: z.number().nullable(),
  stolenCores: z.number().nullable(),
  cpuPressure: z.number().nullable(),
  memoryPressure: z.number().nullable(),
  lowestMegahertz: z.number().nullable(),
  highestMegahertz: z.number().nullable(),
  throttleCount: z.number().nullable(),
  batteryBlockCount: z.number().nullable(),
  voluntarySwitches: z.number().nullable(),
  involuntarySwitches: z.number().nullable(),
  minorFaults: z.number().nullable(),
  majorFaults: z.number().nullable(),
  /** Of all processors and their memory while it was measured, what the machine takes when idle included; null where none was counted. */
  energy: z
    .object({
      joulesPerInference: z.number(),
      /** Student's interval of 95 %; null below two blocks. */
      ciLow: z.number().nullable(),
      ciHigh: z.number().nullable(),
      meanWatts: z.number(),
      blockCount: z.number(),
    })
    .nullable()
    .optional(),
});
export type RunContext = z.infer<typeof runContextSchema>;

export const runWarningSchema = z.object({ kind: z.string(), message: z.string() });
export type RunWarning = z.infer<typeof runWarningSchema>;

/**
 * Outputs of the provider against `node:cpu` on the same file and inputs. What a variant loses against its original is quality,
 * and not asked here.
 */
export const paritySchema = z.object({
  passed: z.boolean(),
  cosine: z.number().nullable(),
  maxAbsoluteError: z.number().nullable(),
  /** Largest |a - b| / (atol + rtol * |b|); at most 1 passes. */
  toleranceRatio: z.number().nullable(),
  nonFiniteCount: z.number(),
  /** Share of items with the same best class, 0..1; null for models without class scores, absent in runs of older versions. */
  top1Agreement: z.number().nullable().optional(),
  message: z.string(),
});
export type Parity = z.infer<typeof paritySchema>;

export const placementSchema = z.object({
  /** ONNX Runtime's own name, e.g. `CPUExecutionProvider`. */
  provider: z.string(),
  nodeCount: z.number(),
  /** Share of profiled node time, 0..1; null where the runtime does not tell times (several providers of ONNX Runtime Web). */
  timeShare: z.number().nullable(),
  /** Nodes by type of operator; absent in runs of older versions, and where the runtime names none. */
  operators: z.record(z.string(), z.number()).optional(),
});
export type Placement = z.infer<typeof placementSchema>;

export const runStatusSchema = z.enum(['pending', 'running', 'completed', 'failed', 'unsupported', 'cancelled']);

export const runSchema = z.object({
  id: z.string(),
  experimentId: z.string(),
  /** The file as it was when measured: kept even when the library no longer holds it. */
  model: z.object({ name: z.string(), path: z.string().nullable(), sha256: sha256Schema, sizeBytes: z.number() }),
  provider: providerIdSchema,
  settings: caseSettingsSchema,
  status: runStatusSchema,
  error: errorDataSchema.nullable(),
  latencyMs: latencySummarySchema.nullable(),
  sampleCount: z.number(),
  blockCount: z.number(),
  /** Items per second at this batch size, from the median; null without samples. */
  throughputPerSecond: z.number().nullable(),
  loadMs: z.number().nullable(),
  firstRunMs: z.number().nullable(),
  warmUpRunCount: z.number().nullable(),
  /** Resident memory of the engine process, bytes; null where the platform tells nothing. */
  memory: z.object({
    baselineBytes: z.number().nullable(),
    loadedBytes: z.number().nullable(),
    peakBytes: z.number().nullable(),
  }),
  stability: stabilitySchema.nullable(),
  /** Derived from the contexts of the blocks; null or absent where none was read. */
  context: runContextSchema.nullable().optional(),
  placement: z.array(placementSchema),
  parity: paritySchema.nullable(),
  warnings: z.array(runWarningSchema),
  /** Why it is slower than what it is compared with, or not faster; derived from the profile of its operators. */
  findings: z.array(speedFindingSchema).optional(),
  /** In the order of the plan; absent where none was asked for. */
  scenarios: z.array(scenarioOutcomeSchema).optional(),
  startedAtMs: z.number().nullable(),
  endedAtMs: z.number().nullable(),
});
export type Run = z.infer<typeof runSchema>;

/** One block of consecutive samples, in the order measured. */
export const sampleBlockSchema = z.object({
  blockIndex: z.number(),
  /** The interleaving round: blocks of one round were measured back to back and form pairs. */
  round: z.number(),
  startedAtMs: z.number(),
  samplesMs: z.array(z.number()),
  /** Absent from blocks that were measured before it was read. */
  context: blockContextSchema.nullable().optional(),
});
export type SampleBlock = z.infer<typeof sampleBlockSchema>;

export const comparisonSchema = z.object({
  baselineRunId: z.string(),
  candidateRunId: z.string(),
  /** Baseline time over candidate time: above 1 the candidate is faster. Null interval below six paired rounds. */
  speedup: z.object({
    estimate: z.number(),
    ciLow: z.number().nullable(),
    ciHigh: z.number().nullable(),
    /** Of the interval, per cent; null without one, absent in documents of earlier versions. */
    confidence: intervalConfidenceSchema.nullable().optional(),
  }),
  verdict: z.enum(['faster', 'slower', 'indistinguishable']),
  pairCount: z.number(),
});
export type Comparison = z.infer<typeof comparisonSchema>;
