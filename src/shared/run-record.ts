/** What is recorded of a run beside its samples: phases of its process and its memory. As measured; nothing is derived. */
import { z } from 'zod';
import { runtimeInterfaceSchema } from './runtime-interface.ts';
import { stabilityReasonSchema } from './stability-reason.ts';

/** null: the platform, or the engine, does not tell. */
export const memoryPartsSchema = z.object({
  residentBytes: z.number().nullable(),
  /** Heaps and stacks: the arena, copied weights, Node's own objects. */
  anonymousBytes: z.number().nullable(),
  /** Pages of files: libraries and mapped weights, also where other processes have them too. */
  fileBytes: z.number().nullable(),
});
export type MemoryParts = z.infer<typeof memoryPartsSchema>;

export const memoryPhaseSchema = z.enum(['load', 'first-run', 'warm-up', 'blocks', 'idle', 'sustained', 'released']);
export type MemoryPhase = z.infer<typeof memoryPhaseSchema>;

export const memoryPointSchema = memoryPartsSchema.extend({
  /** Since the process was ready. */
  atMs: z.number(),
  phase: memoryPhaseSchema,
});
export type MemoryPoint = z.infer<typeof memoryPointSchema>;

/** One input of a run, the same in all of its inferences. */
export const inputFactSchema = z.object({
  name: z.string(),
  dtype: z.string(),
  shape: z.array(z.number()),
  /** Where its values come from, in words. */
  source: z.string(),
  /** null where it holds no finite numbers. */
  lowest: z.number().nullable(),
  highest: z.number().nullable(),
});
export type InputFact = z.infer<typeof inputFactSchema>;

export const runRecordSchema = z.object({
  /** Through which its runs were made and timed; before there was another, that was JavaScript. */
  runtimeInterface: runtimeInterfaceSchema.default('javascript'),
  /** Empty for a run that was measured before they were kept. */
  inputs: z.array(inputFactSchema).default([]),
  /** From the fork to the first word of the process; null for pages of a browser. */
  processStartMs: z.number().nullable(),
  /** Loading ONNX Runtime itself, before any model. */
  libraryLoadMs: z.number().nullable(),
  memory: z.object({
    afterFirstRun: memoryPartsSchema.nullable(),
    /** After the session was given back, the process still running. */
    afterRelease: memoryPartsSchema.nullable(),
    /** The same case with the other setting of `cpuArena`, loaded and run once in a process of its own. */
    otherArena: z
      .object({
        cpuArena: z.boolean(),
        loadedBytes: z.number().nullable(),
        afterFirstRunBytes: z.number().nullable(),
        peakBytes: z.number().nullable(),
      })
      .nullable(),
    line: z.array(memoryPointSchema),
    /** What all readings of the line took together. */
    readingMs: z.number(),
    /** More than the points of a long line; absent in runs of versions that kept a point of each. */
    readingCount: z.number().int().optional(),
  }),
  /** One run after so long a time of nothing. */
  idle: z.array(z.object({ idleSeconds: z.number(), runMs: z.number() })),
});
export type RunRecord = z.infer<typeof runRecordSchema>;

export const emptyRecord: RunRecord = {
  runtimeInterface: 'javascript',
  inputs: [],
  processStartMs: null,
  libraryLoadMs: null,
  memory: { afterFirstRun: null, afterRelease: null, otherArena: null, line: [], readingMs: 0 },
  idle: [],
};

/** One second of continuous runs. */
export const sustainedWindowSchema = z.object({
  startedAtMs: z.number(),
  sampleCount: z.number(),
  medianMs: z.number(),
  lowerMs: z.number(),
  upperMs: z.number(),
  clockMegahertz: z.number().nullable(),
});
export type SustainedWindow = z.infer<typeof sustainedWindowSchema>;

/** All that is known of one run beside its samples. */
export const runDetailsSchema = z.object({
  runId: z.string(),
  /** null for a run that was measured before records were kept. */
  record: runRecordSchema.nullable(),
  sustained: z.array(sustainedWindowSchema),
  /** Why the times of continuous use may not repeat; empty where nothing speaks against them, or they are too few to tell. */
  sustainedReasons: z.array(stabilityReasonSchema).default([]),
  /** Weights in the file; null where the file is not in the library. */
  weightBytes: z.number().nullable(),
});
export type RunDetails = z.infer<typeof runDetailsSchema>;
