/** The file that carries experiments from one home to another: self-contained, with every sample that is kept. */
import { z } from 'zod';
import { experimentPlanSchema } from '#shared/case.ts';
import { deviceSchema } from '#shared/device.ts';
import { environmentSchema, experimentSchema } from '#shared/experiment.ts';
import { operatorProfileSchema } from '#shared/operator-profile.ts';
import { qualitySchema } from '#shared/quality.ts';
import { runSchema, sampleBlockSchema } from '#shared/run.ts';
import { runRecordSchema } from '#shared/run-record.ts';
import { sustainedBlockSchema } from '#shared/sustained-window.ts';
import { scenarioBlockSchema, scenarioStateSchema } from '#shared/scenarios/scenario.ts';

const timeSchema = z.number().int();

const exportedRunSchema = runSchema
  .omit({
    experimentId: true,
    latencyMs: true,
    sampleCount: true,
    blockCount: true,
    throughputPerSecond: true,
    stability: true,
    context: true,
    findings: true,
    scenarios: true,
  })
  .extend({
    id: z.uuid(),
    // Where the file lay says nothing on another machine.
    model: runSchema.shape.model.omit({ path: true }).extend({ sizeBytes: timeSchema }),
    warmUpRunCount: z.number().int().nullable(),
    memory: z.object({
      baselineBytes: z.number().int().nullable(),
      loadedBytes: z.number().int().nullable(),
      peakBytes: z.number().int().nullable(),
    }),
    record: runRecordSchema.nullable().optional(),
    sustained: z.array(sustainedBlockSchema).optional(),
    scenarioStates: z.array(scenarioStateSchema).optional(),
    scenarioBlocks: z.array(scenarioBlockSchema).optional(),
    operators: operatorProfileSchema.nullable().optional(),
    startedAtMs: timeSchema.nullable(),
    endedAtMs: timeSchema.nullable(),
    blocks: z.array(
      sampleBlockSchema.extend({
        blockIndex: z.number().int().min(0),
        round: z.number().int().min(0),
        samplesMs: z.array(z.number().positive()),
      }),
    ),
  });
export type ExportedRun = z.infer<typeof exportedRunSchema>;

const exportedExperimentSchema = z.object({
  id: z.uuid(),
  name: z.string().max(200),
  plan: experimentPlanSchema,
  environment: environmentSchema,
  device: deviceSchema,
  status: experimentSchema.shape.status,
  error: experimentSchema.shape.error,
  createdAtMs: timeSchema,
  endedAtMs: timeSchema.nullable(),
  runs: z.array(exportedRunSchema),
  looks: z.array(timeSchema).optional(),
});
export type ExportedExperiment = z.infer<typeof exportedExperimentSchema>;

export const runsFileSchema = z.object({
  format: z.literal('whittle-runs'),
  /** Rises when a field changes its meaning or goes away. */
  version: z.literal(1),
  exportedAtMs: timeSchema,
  experiments: z.array(exportedExperimentSchema).min(1),
  /** Of the measured models on the devices of the experiments. */
  quality: z.array(qualitySchema.extend({ id: z.uuid(), itemCount: z.number().int(), createdAtMs: timeSchema })),
});
export type RunsFile = z.infer<typeof runsFileSchema>;
