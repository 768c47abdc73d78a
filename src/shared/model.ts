/** Models, variants and what `inspect` says of a file. */
import { z } from 'zod';
import { recipeSchema } from './recipe.ts';

/** 64 lower-case hexadecimal digits. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 is 64 hexadecimal digits');

/** A constant that an input of indices picks rows of: valid are 0 to `rows − 1`. */
const indexTableSchema = z.object({ name: z.string(), rows: z.number().int() });
export type IndexTable = z.infer<typeof indexTableSchema>;

export const tensorInfoSchema = z.object({
  name: z.string(),
  /** ONNX element type in lower case: `float32`, `int64`, `uint8`, `string`, …; `sequence(…)`, `map(…)`, `optional(…)` for non-tensors. */
  dtype: z.string(),
  /** A number, a symbolic name, or null where the file does not say. The whole shape is null when even the rank is unknown. */
  shape: z.array(z.union([z.number().int(), z.string(), z.null()])).nullable(),
  /** Of an input whose values become indices: the smallest table that they go into. */
  table: indexTableSchema.optional(),
});
export type TensorInfo = z.infer<typeof tensorInfoSchema>;

export const modelInspectionSchema = z.object({
  /** SHA-256 of the file's bytes followed by those of its external data files in the order of first use. */
  sha256: sha256Schema,
  /** The file and its external data, bytes. */
  sizeBytes: z.number(),
  irVersion: z.number(),
  producer: z.string().nullable(),
  graphName: z.string().nullable(),
  /** Domain -> version; the default domain is written `ai.onnx`. */
  opsets: z.record(z.string(), z.number()),
  inputs: z.array(tensorInfoSchema),
  outputs: z.array(tensorInfoSchema),
  /** Operator type -> count, subgraphs and functions included; other domains written `domain::Type`. */
  operators: z.record(z.string(), z.number()),
  nodeCount: z.number(),
  /** Elements of all float and integer weight tensors. */
  parameterCount: z.number(),
  /** Multiply-accumulates of one inference at batch 1; null when shapes are not known. */
  macs: z.number().nullable(),
  /**
   * Multiply-accumulates of all other convolutions and matrix products for each value that a depthwise convolution gives, which decides whether integers pay;
   * null without depthwise convolutions, or when shapes are not known. Not there in what was inspected before this was looked at.
   */
  macsPerDepthwiseOutput: z.number().nullable().optional(),
  /** Weight bytes per ONNX element type. */
  bytesByDtype: z.record(z.string(), z.number()),
  externalDataFiles: z.array(z.string()),
  metadata: z.record(z.string(), z.string()),
});
export type ModelInspection = z.infer<typeof modelInspectionSchema>;

/** One thing worth saying about a model or variant. `kind` is closed per producer; `message` is for people. */
export const findingSchema = z.object({
  kind: z.string(),
  severity: z.enum(['info', 'warning']),
  message: z.string(),
  /** Node or tensor names, at most the first twenty. */
  subjects: z.array(z.string()),
  /** How many there are, where not all of them are listed. */
  subjectCount: z.int().optional(),
});
export type Finding = z.infer<typeof findingSchema>;

export const fidelitySchema = z.object({
  /** Mean over items of the cosine between the outputs of the variant and of its reference; 1 is identical direction. */
  cosine: z.number(),
  /** Signal to quantization noise ratio over all items, decibels; null when the outputs are identical. */
  sqnrDb: z.number().nullable(),
  /** Mean Kullback–Leibler divergence of the softmaxed outputs, nats; null when the task is not classification. */
  klDivergence: z.number().nullable(),
  maxAbsoluteError: z.number(),
  /** Share of items whose top-1 class equals the reference's; null when the task is not classification. */
  top1Agreement: z.number().nullable(),
  top1AgreementCount: z.number().nullable(),
  itemCount: z.number(),
  /** Where the items came from: dataset id, or `generated`. */
  inputs: z.string(),
});
export type Fidelity = z.infer<typeof fidelitySchema>;

export const compressStepSchema = z.object({
  pass: z.string(),
  settings: z.record(z.string(), z.unknown()),
  durationMs: z.number(),
  /** One sentence for people. */
  summary: z.string(),
  findings: z.array(findingSchema),
});
export type CompressStep = z.infer<typeof compressStepSchema>;

/** A file in the library. The original of a model is the variant with an empty recipe. Its id is its SHA-256. */
export const variantSchema = z.object({
  id: sha256Schema,
  modelId: sha256Schema,
  parentId: sha256Schema.nullable(),
  name: z.string(),
  /** Absolute path of the stored file. */
  path: z.string(),
  sizeBytes: z.number(),
  recipe: recipeSchema.nullable(),
  createdAtMs: z.number(),
  steps: z.array(compressStepSchema),
  /** What ONNX Runtime made of it on the CPU of the machine that compressed it; empty for originals. */
  checks: z.array(findingSchema).default([]),
  fidelity: fidelitySchema.nullable(),
  inspection: modelInspectionSchema,
});
export type Variant = z.infer<typeof variantSchema>;

/** What came of one compression. A variant that was there already, the same file, has the figures of the run that made it first. */
export const compressResultSchema = variantSchema
  .pick({ steps: true, checks: true, fidelity: true })
  .extend({ variantId: sha256Schema, isNew: z.boolean() });
export type CompressResult = z.infer<typeof compressResultSchema>;

/** An imported model: its original first, then the variants made from it, oldest first. */
export const modelSchema = z.object({
  id: sha256Schema,
  name: z.string(),
  importedAtMs: z.number(),
  /** Where it was imported from; null for a bundled sample. */
  sourcePath: z.string().nullable(),
  isSample: z.boolean(),
  /** The dataset family it is tied to, e.g. `fashion-mnist`; null when none. */
  datasetId: z.string().nullable(),
  variants: z.array(variantSchema),
});
export type Model = z.infer<typeof modelSchema>;
