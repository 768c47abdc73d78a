/** A case: variant x provider x settings. An experiment's plan expands to cases. */
import { z } from 'zod';
import { latencyBoundSchema } from './latency-bound.ts';
import { sha256Schema } from './model.ts';
import { providerIdSchema } from './provider.ts';
import { providerOptionsSchema } from './provider-options.ts';
import { runtimeInterfaceSchema } from './runtime-interface.ts';
import { scenarioPlanSchema } from './scenarios/scenario.ts';
import { SMALLEST_DIFFERENCE_OF_INTEREST } from './statistics/compare-blocks.ts';

/** Settings that a plan can sweep: several values of one make cases of their own. */
const sweptSettings = {
  graphOptimization: z
    .enum(['disabled', 'basic', 'extended', 'layout', 'all'])
    .describe(
      'How far ONNX Runtime rewrites the graph: basic folds constants and removes nodes, extended fuses operators, layout and all change the memory layout of convolutions too.',
    ),
  executionMode: z
    .enum(['sequential', 'parallel'])
    .describe('One operator after another, or independent operators at the same time on inter-op threads.'),
  interOpThreads: z
    .number()
    .int()
    .min(0)
    .max(1024)
    .describe('Operators at the same time where the execution mode is parallel; 0 lets ONNX Runtime choose.'),
  spinning: z
    .enum(['short', 'off', 'default'])
    .describe(
      'How threads wait for work: short spins for a millisecond, off sleeps at once (less power, slower), default spins as long as ONNX Runtime does by itself and disturbs the cases beside it.',
    ),
  cpuArena: z
    .boolean()
    .describe('Keeps memory of the CPU provider for the next run instead of giving it back to the system.'),
  memoryPattern: z.boolean().describe('Plans the memory of all tensors ahead, from the shapes of the first run.'),
  preciseInt8: z
    .boolean()
    .describe(
      'On x64 CPUs without VNNI: computes int8 weights as uint8, which is slower and cannot overflow (session.x64quantprecision).',
    ),
  flushDenormals: z
    .boolean()
    .describe(
      'Takes numbers below the normal range as zero; they are slow on many CPUs (session.set_denormal_as_zero).',
    ),
};

export const caseSettingsSchema = z.object({
  intraOpThreads: z
    .number()
    .int()
    .min(0)
    .max(1024)
    .default(0)
    .describe('Threads inside one operator; 0 lets ONNX Runtime choose (one per physical core).'),
  interOpThreads: sweptSettings.interOpThreads.default(1),
  batchSize: z.number().int().min(1).max(65536).default(1).describe('Items per run.'),
  graphOptimization: sweptSettings.graphOptimization.default('all'),
  executionMode: sweptSettings.executionMode.default('sequential'),
  spinning: sweptSettings.spinning.default('short'),
  cpuArena: sweptSettings.cpuArena.default(true),
  memoryPattern: sweptSettings.memoryPattern.default(true),
  preciseInt8: sweptSettings.preciseInt8.default(false),
  flushDenormals: sweptSettings.flushDenormals.default(false),
  dimensions: z
    .record(z.string(), z.number().int().min(1))
    .default({})
    .describe('Values for symbolic dimensions other than the batch, by name.'),
  sessionConfig: z
    .record(z.string().min(1).max(1024), z.string().max(8192))
    .default({})
    .describe(
      'Entries of ONNX Runtime’s session configuration, passed on unchecked: it ignores keys that it does not know.',
    ),
  providerOptions: providerOptionsSchema
    .default({})
    .describe('Options of the provider that differ from its defaults, by name.'),
});
export type CaseSettings = z.infer<typeof caseSettingsSchema>;

export type SweptName = keyof typeof sweptSettings;
export const sweptNames = Object.keys(sweptSettings) as SweptName[];

const valuesOf = <Value extends z.ZodType>(value: Value) => z.array(value).min(1).max(16);

/** Several values of one setting: every combination is a case of its own, and the first values make the baselines. */
const sweepsSchema = z
  .strictObject({
    graphOptimization: valuesOf(sweptSettings.graphOptimization),
    executionMode: valuesOf(sweptSettings.executionMode),
    interOpThreads: valuesOf(sweptSettings.interOpThreads),
    spinning: valuesOf(sweptSettings.spinning),
    cpuArena: valuesOf(sweptSettings.cpuArena),
    memoryPattern: valuesOf(sweptSettings.memoryPattern),
    preciseInt8: valuesOf(sweptSettings.preciseInt8),
    flushDenormals: valuesOf(sweptSettings.flushDenormals),
  } satisfies Record<SweptName, z.ZodType>)
  .partial();

const recordedHash = sha256Schema.optional();

/** What all cases run on. Hashes are those of the files, recorded at the start; one that is given has to be met. */
export const planInputsSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('generated') }),
  /** The first items of a dataset, by its id or the path of its folder. */
  z.object({ kind: z.literal('dataset'), datasetId: z.string().min(1), sha256: recordedHash }),
  /** Arrays by the names of the inputs: a `.npz` or `.npy` file of NumPy. */
  z.object({ kind: z.literal('file'), path: z.string().min(1), sha256: recordedHash }),
]);
export type PlanInputs = z.infer<typeof planInputsSchema>;

export const experimentPlanSchema = z.object({
  name: z.string().max(120).optional(),
  /** The first is the baseline. */
  variantIds: z.array(sha256Schema).min(1).max(32),
  providers: z.array(providerIdSchema).min(1),
  intraOpThreads: z.array(caseSettingsSchema.shape.intraOpThreads.unwrap()).min(1).default([0]),
  batchSizes: z.array(caseSettingsSchema.shape.batchSize.unwrap()).min(1).default([1]),
  settings: caseSettingsSchema.omit({ intraOpThreads: true, batchSize: true, providerOptions: true }).prefault({}),
  sweeps: sweepsSchema.default({}),
  inputs: planInputsSchema.default({ kind: 'generated' }),
  /** Sets of options for each provider, every one a case of its own; a provider that is not named runs with its defaults. */
  providerOptions: z.partialRecord(providerIdSchema, z.array(providerOptionsSchema).min(1).max(16)).default({}),
  /** Measuring time for the whole experiment, seconds, loading and warm-up excluded. */
  timeBudgetSeconds: z.number().min(1).max(86_400).default(20),
  /** End earlier when every comparison is decided; the time stays the limit. */
  stopEarly: z.boolean().default(true),
  /** A comparison is also decided when half of its 95 % interval is at most this share: 0.005 is ± 0.5 %. */
  precision: z.number().min(0.0005).max(0.5).default(0.005),
  smallestDifference: z
    .number()
    .min(0.001)
    .max(0.5)
    .default(SMALLEST_DIFFERENCE_OF_INTEREST)
    .describe('Smaller differences of times are called indistinguishable, however certain: 0.01 is 1 %.'),
  runtimeInterface: runtimeInterfaceSchema
    .default('c')
    .describe(
      'Through which of ONNX Runtime’s interfaces runs are made and timed: c as from compiled code, where all cases run on node:cpu; javascript as from Node.js.',
    ),
  /** Seeds inputs and the order of blocks; drawn when absent, and recorded. */
  seed: z.number().int().min(0).max(0xffff_ffff).optional(),
  /** What the results are held against; of how they are measured it changes only when that ends. */
  latencyBound: latencyBoundSchema.optional(),
  /** The experiment that this one repeats. */
  reproduces: z.string().optional(),
  /** After the blocks, one run after so many seconds of nothing, for each of these. */
  idleSeconds: z.array(z.number().min(0.01).max(3600)).max(10).default([]),
  /** How often each idle time is repeated. */
  idleRepeats: z.number().int().min(1).max(100).default(3),
  /** After the blocks, so many seconds of runs without a pause, for each case; 0 leaves it out. */
  sustainedSeconds: z.number().min(0).max(86_400).default(0),
  /** Loads each case on `node:cpu` once more with the other setting of the arena, to tell what the arena takes. */
  compareArena: z.boolean().default(false),
  /** After everything else, each case in processes of its own; each kind once. */
  scenarios: z
    .array(scenarioPlanSchema)
    .max(8)
    .refine(
      (items) => new Set(items.map(({ kind }) => kind)).size === items.length,
      'each scenario can be asked for once',
    )
    .default([]),
  /** Measure placement and time share per provider in a separate profiled pass. */
  profile: z.boolean().default(true),
});
export type ExperimentPlan = z.infer<typeof experimentPlanSchema>;
export type ExperimentPlanInput = z.input<typeof experimentPlanSchema>;

export type Case = {
  variantId: string;
  provider: ExperimentPlan['providers'][number];
  settings: CaseSettings;
};

/** Every combination, baseline variant first within each provider and setting. */
export function expandPlan(plan: ExperimentPlan): Case[] {
  const settingsSets = expandSweeps(plan);
  return plan.providers.flatMap((provider) =>
    (plan.providerOptions[provider] ?? [{}]).flatMap((providerOptions) =>
      settingsSets.flatMap((settings) =>
        plan.intraOpThreads.flatMap((intraOpThreads) =>
          plan.batchSizes.flatMap((batchSize) =>
            plan.variantIds.map((variantId) => ({
              variantId,
              provider,
              settings: { ...settings, intraOpThreads, batchSize, providerOptions },
            })),
          ),
        ),
      ),
    ),
  );
}

function expandSweeps({ settings, sweeps }: ExperimentPlan): ExperimentPlan['settings'][] {
  return sweptNames.reduce(
    (sets, name) => {
      const values = sweeps[name];
      return values === undefined ? sets : sets.flatMap((set) => values.map((value) => ({ ...set, [name]: value })));
    },
    [settings],
  );
}
