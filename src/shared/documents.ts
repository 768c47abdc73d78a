/** The JSON documents of the command line. `schema` rises when a field changes its meaning or goes away. */
import { z } from 'zod';
import { deviceSchema } from './device.ts';
import { environmentSchema, experimentSummarySchema } from './experiment.ts';
import { generatedInputsSchema } from './input-forecast.ts';
import { compressStepSchema, fidelitySchema, findingSchema, modelInspectionSchema, sha256Schema } from './model.ts';
import { alignedOperatorsSchema } from './align-operators.ts';
import { dividedTimeSchema } from './operator-profile.ts';
import { preflightSchema } from './preflight.ts';
import { providerAdviceSchema } from './provider-advice.ts';
import { providerDescriptorSchema } from './provider-options.ts';
import { providerIdSchema, providerStatusSchema, libraryDownloadSchema, libraryStateSchema } from './provider.ts';
import { pairedSchema, proportionSchema } from './quality.ts';
import { passDescriptorSchema, presetSchema, recipeSchema, savedRecipeSchema } from './recipe.ts';
import { reportSchema } from './report.ts';
import { reproductionSchema } from './reproduction.ts';
import { comparisonSchema, runSchema } from './run.ts';
import { sweepDocumentSchema } from './sweet-spot/sweep-document.ts';
import { suitabilitySchema } from './suitability/suitability.ts';
import { runDetailsSchema } from './run-record.ts';

const fileSchema = z.object({ name: z.string(), path: z.string(), sha256: sha256Schema, sizeBytes: z.number() });

/** `bench --dry-run` */
export const preflightDocumentSchema = preflightSchema.extend({ schema: z.literal(1) });

/** `devices --options` */
export const providerOptionsDocumentSchema = z.object({
  schema: z.literal(1),
  providers: z.array(providerDescriptorSchema),
});

export const devicesDocumentSchema = z.object({
  schema: z.literal(1),
  device: deviceSchema,
  providers: z.array(providerStatusSchema),
  advice: z.array(providerAdviceSchema),
});

/** Of `whittle devices --get cuda` and `--remove cuda`. `download`: what would be fetched, where nothing was yet. */
export const librariesDocumentSchema = z.object({
  schema: z.literal(1),
  libraries: libraryStateSchema,
  download: libraryDownloadSchema.nullable(),
});

export const inspectDocumentSchema = z.object({
  schema: z.literal(1),
  model: modelInspectionSchema.extend({ path: z.string() }),
  /** What would be generated for it at batch 1, where no inputs are named. */
  generatedInputs: generatedInputsSchema.optional(),
});

export const compressDocumentSchema = z.object({
  schema: z.literal(1),
  variant: fileSchema,
  /** False: the library held this file already, under the name that `variant` has. */
  isNew: z.boolean().default(true),
  parent: fileSchema,
  recipe: recipeSchema,
  steps: z.array(compressStepSchema),
  /** What ONNX Runtime made of the result on this machine's CPU. */
  checks: z.array(findingSchema).default([]),
  fidelity: fidelitySchema.nullable(),
  /** Those of the steps, then the checks. */
  findings: z.array(findingSchema),
});

export const benchDocumentSchema = z.object({
  schema: z.literal(1),
  experimentId: z.string(),
  device: deviceSchema,
  environment: environmentSchema,
  seed: z.number(),
  runs: z.array(runSchema),
  comparisons: z.array(comparisonSchema),
  /** Of `runs show --operators`: where the time of each run goes. */
  operators: z
    .array(
      z.object({
        runId: z.string(),
        operators: dividedTimeSchema.nullable(),
        /** Beside its baseline. */
        aligned: alignedOperatorsSchema.nullable(),
      }),
    )
    .optional(),
  /** Phases and memory of each run. */
  details: z.array(runDetailsSchema).optional(),
  /** The sweet spot of each model on each provider that was measured in several ways, or has a latency bound to hold. */
  sweeps: z.array(sweepDocumentSchema).optional(),
  /** Of `bench --reproduce`. */
  reproduction: reproductionSchema.optional(),
});
export type BenchDocument = z.infer<typeof benchDocumentSchema>;

export const evaluateDocumentSchema = z.object({
  schema: z.literal(1),
  model: fileSchema,
  reference: fileSchema.nullable(),
  dataset: z.object({ id: z.string(), title: z.string(), isGenerated: z.boolean() }),
  provider: providerIdSchema,
  itemCount: z.number(),
  metrics: z.object({ top1: proportionSchema.optional(), top5: proportionSchema.optional() }),
  fidelity: fidelitySchema.nullable(),
  paired: pairedSchema.nullable(),
});

export const recipesDocumentSchema = z.object({
  schema: z.literal(1),
  passes: z.array(passDescriptorSchema),
  /** With `suitability` the best first: on this device, and for the model where one is named. */
  presets: z.array(presetSchema.extend({ suitability: suitabilitySchema.optional() })),
  /** The user's own. */
  saved: z.array(savedRecipeSchema.extend({ suitability: suitabilitySchema.optional() })).optional(),
});

export const runsDocumentSchema = z.object({ schema: z.literal(1), experiments: z.array(experimentSummarySchema) });

export const exportDocumentSchema = z.object({
  schema: z.literal(1),
  path: z.string(),
  experimentCount: z.number(),
  runCount: z.number(),
});

export const importDocumentSchema = z.object({
  schema: z.literal(1),
  experimentIds: z.array(z.string()),
  runCount: z.number(),
  skippedCount: z.number(),
});

export const reportDocumentSchema = z.object({ schema: z.literal(1), report: reportSchema });
