/** Small hand-made contents for the tests of reports. */
import { type Case, caseSettingsSchema, expandPlan, experimentPlanSchema } from '#shared/case.ts';
import type { Device } from '#shared/device.ts';
import type { Environment, Experiment } from '#shared/experiment.ts';
import type { Variant } from '#shared/model.ts';
import { divideTime, type OperatorProfile } from '#shared/operator-profile.ts';
import type { ProviderId } from '#shared/provider.ts';
import type { Quality } from '#shared/quality.ts';
import type { Comparison, Run, SampleBlock } from '#shared/run.ts';
import { compareBlocks } from '#shared/statistics/compare-blocks.ts';
import { pairedDifference, wilsonInterval } from '#shared/statistics/proportion.ts';
import { judgeStability } from '#shared/statistics/stability.ts';
import { summarizeLatency } from '#shared/statistics/summarize-latency.ts';
import { baselineOf } from '#workbench/experiments/baseline-of.ts';
import type { ReportContent } from '#workbench/reports/report-content.ts';

export type ExampleModel = {
  name: string;
  sizeBytes?: number;
  /** Time of one inference; absent: the run failed. */
  medianMs?: number;
  /** Correct of 10,000; absent: not evaluated. */
  correct?: number;
  /** Items that only this one, and only the first model, gets right. */
  discordant?: [gained: number, lost: number];
  recipeName?: string;
};

export const exampleDevice: Device = {
  fingerprint: '0123456789abcdef',
  cpu: {
    vendor: 'Example',
    model: 'Example CPU 9',
    architecture: 'x64',
    sockets: 1,
    physicalCores: 4,
    logicalCores: 8,
    performanceCores: null,
    efficiencyCores: null,
    usableCores: 8,
    maxMegahertz: null,
    extensions: ['avx2', 'avx512-vnni'],
    caches: { l1dBytes: null, l1iBytes: null, l2Bytes: 4 * 2 ** 20, l3Bytes: null },
    governor: null,
  },
  memoryBytes: 16 * 2 ** 30,
  memoryLimitBytes: null,
  gpus: [],
  os: { platform: 'linux', name: 'Example OS', version: '12', kernel: null },
  power: { source: 'mains', batteryPercent: null },
  virtualization: null,
  sources: {},
};

export const exampleEnvironment: Environment = {
  whittleVersion: '1.2.3',
  onnxruntimeNodeVersion: '1.30.0',
  nodeVersion: 'v24.0.0',
  electronVersion: null,
  platform: 'linux',
};

const CREATED_AT_MS = Date.UTC(2026, 10, 24, 12, 30);
export const SEED = 42;

/** A hash that is easy to recognise. */
export function exampleHash(index: number): string {
  return String(index + 1)
    .padStart(4, '0')
    .repeat(16);
}

/** Blocks around a median, the same every time; every eleventh sample is an outlier. */
export function exampleBlocks(medianMs: number, options: { rounds?: number; samples?: number } = {}): SampleBlock[] {
  const { rounds = 10, samples = 20 } = options;
  return Array.from({ length: rounds }, (_, round) => ({
    blockIndex: round,
    round,
    startedAtMs: CREATED_AT_MS + round * 100,
    samplesMs: Array.from({ length: samples }, (_unused, index) => {
      const wobble = 1 + (((round * 7 + index * 3) % 11) - 5) * 0.002;
      return medianMs * wobble * (index % 11 === 10 ? 1.02 : 1);
    }),
  }));
}

export function exampleExperiment(
  models: readonly ExampleModel[],
  options: {
    id?: string;
    name?: string;
    providers?: ProviderId[];
    batchSizes?: number[];
    rounds?: number;
    status?: Experiment['status'];
  } = {},
): { experiment: Experiment; blocksByRunId: Map<string, SampleBlock[]>; quality: Quality[]; variants: Variant[] } {
  const { id = 'experiment-1', providers = ['node:cpu'], status = 'completed' } = options;
  const plan = experimentPlanSchema.parse({
    variantIds: models.map((_, index) => exampleHash(index)),
    providers,
    batchSizes: options.batchSizes ?? [1],
    seed: SEED,
  });
  const made = expandPlan(plan).map((item, index) =>
    exampleRun(item, models, { runId: `${id}-run-${index + 1}`, experimentId: id, rounds: options.rounds ?? 10 }),
  );
  const runs = made.map(({ run }) => run);
  const blocksByRunId = new Map(made.map(({ run, blocks }) => [run.id, blocks]));
  return {
    experiment: {
      id,
      name: options.name ?? 'Example experiment',
      status,
      error: null,
      createdAtMs: CREATED_AT_MS,
      endedAtMs: CREATED_AT_MS + 60_000,
      deviceFingerprint: exampleDevice.fingerprint,
      deviceName: 'Example CPU 9, 4 cores',
      runCount: runs.length,
      completedRunCount: runs.filter((run) => run.status === 'completed').length,
      modelNames: models.map((model) => model.name),
      providers,
      jobId: null,
      isImported: false,
      plan,
      environment: exampleEnvironment,
      device: exampleDevice,
      runs,
      comparisons: compareAll(runs, blocksByRunId),
    },
    blocksByRunId,
    quality: providers.flatMap((provider) => models.flatMap((model, index) => exampleQuality(model, index, provider))),
    variants: models.map((model, index) => exampleVariant(model, index)),
  };
}

export function exampleContent(
  models: readonly ExampleModel[],
  options: Parameters<typeof exampleExperiment>[1] & { title?: string } = {},
): ReportContent {
  const { experiment, blocksByRunId, quality, variants } = exampleExperiment(models, options);
  return {
    title: options.title ?? 'Example report',
    createdAtMs: CREATED_AT_MS,
    environment: exampleEnvironment,
    experiments: [experiment],
    quality,
    variants,
    blocksByRunId,
    operatorsByRunId: new Map(
      experiment.runs.flatMap(({ id, latencyMs }) =>
        latencyMs === null ? [] : [[id, divideTime(exampleProfile(latencyMs.median), latencyMs.median)] as const],
      ),
    ),
  };
}

function exampleProfile(medianMs: number): OperatorProfile {
  const node = (name: string, operator: string, share: number): OperatorProfile['nodes'][number] => ({
    name,
    operator,
    provider: 'CPUExecutionProvider',
    profiledMs: share * medianMs,
  });
  return {
    runCount: 10,
    profiledRunMs: medianMs,
    nodes: [node('/a/Conv', 'Conv', 0.5), node('/b/Conv', 'Conv', 0.25), node('/fc', 'Gemm', 0.125)],
  };
}

/** An original, a faster version as accurate as it, and one that is faster still but wrong more often. */
export const threeVersions: ExampleModel[] = [
  { name: 'net', medianMs: 2, sizeBytes: 4_000_000, correct: 9250 },
  { name: 'net.int8', medianMs: 1, sizeBytes: 1_000_000, correct: 9245, discordant: [20, 25], recipeName: 'int8' },
  { name: 'net.pruned', medianMs: 0.5, sizeBytes: 800_000, correct: 8800, discordant: [50, 500], recipeName: 'pruned' },
];

function exampleRun(
  item: Case,
  models: readonly ExampleModel[],
  about: { runId: string; experimentId: string; rounds: number },
): { run: Run; blocks: SampleBlock[] } {
  const index = Number(item.variantId.slice(0, 4)) - 1;
  const model = models[index] as ExampleModel;
  const { batchSize } = item.settings;
  const blocks =
    model.medianMs === undefined ? [] : exampleBlocks(model.medianMs * batchSize, { rounds: about.rounds });
  const latencyMs = summarizeLatency(blocks.map((block) => block.samplesMs));
  const run: Run = {
    id: about.runId,
    experimentId: about.experimentId,
    model: {
      name: model.name,
      path: `/home/somebody/${index}.onnx`,
      sha256: item.variantId,
      sizeBytes: model.sizeBytes ?? 1_000_000,
    },
    provider: item.provider,
    settings: caseSettingsSchema.parse(item.settings),
    status: latencyMs === null ? 'failed' : 'completed',
    error: latencyMs === null ? { kind: 'engine-crashed', message: `The engine died of “${model.name}”.` } : null,
    latencyMs,
    sampleCount: blocks.reduce((sum, block) => sum + block.samplesMs.length, 0),
    blockCount: blocks.length,
    throughputPerSecond: latencyMs === null ? null : (batchSize * 1000) / latencyMs.median,
    loadMs: 12.5,
    firstRunMs: 7.25,
    warmUpRunCount: 30,
    memory: { baselineBytes: 50 * 2 ** 20, loadedBytes: 60 * 2 ** 20, peakBytes: (80 + index) * 2 ** 20 },
    stability: latencyMs === null ? null : judgeStability(blocks),
    placement: [],
    parity: null,
    warnings: [],
    startedAtMs: CREATED_AT_MS,
    endedAtMs: CREATED_AT_MS + 1000,
  };
  return { run, blocks };
}

function exampleQuality(model: ExampleModel, index: number, provider: ProviderId): Quality[] {
  if (model.correct === undefined) return [];
  const [onlyCandidateCorrect, onlyReferenceCorrect] = model.discordant ?? [0, 0];
  return [
    {
      id: `quality-${index}-${provider}`,
      variantId: exampleHash(index),
      provider,
      deviceFingerprint: exampleDevice.fingerprint,
      datasetId: 'fashion-mnist/test',
      itemCount: 10_000,
      metrics: { top1: wilsonInterval(model.correct, 10_000), top5: wilsonInterval(9_990, 10_000) },
      referenceId: index === 0 ? null : exampleHash(0),
      fidelity:
        index === 0
          ? null
          : {
              cosine: 0.998765,
              sqnrDb: 31.25,
              klDivergence: 0.0123,
              maxAbsoluteError: 0.75,
              top1Agreement: 0.9911,
              top1AgreementCount: 9911,
              itemCount: 10_000,
              inputs: 'fashion-mnist/test',
            },
      paired: index === 0 ? null : pairedDifference({ onlyCandidateCorrect, onlyReferenceCorrect, total: 10_000 }),
      createdAtMs: CREATED_AT_MS,
      durationMs: 2000,
    },
  ];
}

function exampleVariant(model: ExampleModel, index: number): Variant {
  const id = exampleHash(index);
  const { name, sizeBytes = 1_000_000, recipeName } = model;
  return {
    id,
    modelId: exampleHash(0),
    parentId: index === 0 ? null : exampleHash(0),
    name,
    path: `/home/somebody/${index}.onnx`,
    sizeBytes,
    recipe:
      recipeName === undefined
        ? null
        : { version: 1, name: recipeName, passes: [{ pass: 'quantize-dynamic', settings: { weights: 'int8' } }] },
    createdAtMs: CREATED_AT_MS,
    steps:
      recipeName === undefined
        ? []
        : [
            {
              pass: 'quantize-dynamic',
              settings: { weights: 'int8' },
              durationMs: 1500,
              summary: 'Made 20 of 21 layers smaller.',
              findings: [
                { kind: 'kept', severity: 'warning', message: 'One layer stayed as it was.', subjects: ['/head/Gemm'] },
              ],
            },
          ],
    checks:
      recipeName === undefined
        ? []
        : [
            {
              kind: 'casts',
              severity: 'warning',
              message: '3 casts were added on the CPU.',
              subjects: ['/head/Gemm'],
            },
          ],
    fidelity: null,
    inspection: {
      sha256: id,
      sizeBytes,
      irVersion: 8,
      producer: null,
      graphName: null,
      opsets: { 'ai.onnx': 17 },
      inputs: [],
      outputs: [],
      operators: { Conv: 20 },
      nodeCount: 20,
      parameterCount: 677_482,
      macs: 31_200_000,
      bytesByDtype: { float32: sizeBytes },
      externalDataFiles: [],
      metadata: {},
    },
  };
}

function compareAll(runs: readonly Run[], blocksByRunId: ReadonlyMap<string, SampleBlock[]>): Comparison[] {
  return runs.flatMap((run) => {
    const baseline = baselineOf(runs, run);
    const compared = baseline && compareBlocks(blocksByRunId.get(baseline.id) ?? [], blocksByRunId.get(run.id) ?? []);
    return baseline && compared ? [{ baselineRunId: baseline.id, candidateRunId: run.id, ...compared }] : [];
  });
}
