/** One model measured with several threads and batch sizes, for tests of the sweet spot and of whoever shows it. */
import { expandPlan, experimentPlanSchema } from '#shared/case.ts';
import type { Experiment } from '#shared/experiment.ts';
import type { LatencyBound } from '#shared/latency-bound.ts';
import type { SampleBlock } from '#shared/run.ts';
import { judgeStability } from '#shared/statistics/stability.ts';
import { summarizeLatency } from '#shared/statistics/summarize-latency.ts';
import { exampleExperiment, SEED } from './example-content.ts';

export type ExamplePoint = {
  threads?: number;
  batch?: number;
  /** Of one call; absent: the run failed. */
  callMs?: number;
  peakMebibytes?: number | null;
  /** First round; points of other rounds share none. */
  firstRound?: number;
};

/** Threads are 1 and 2 and batch sizes 1, 4, 16: overhead of 1 ms, 0.5 ms an item, and no gain beyond what the second thread gives. */
export const sixPoints: ExamplePoint[] = [1, 2].flatMap((threads) =>
  [1, 4, 16].map((batch) => ({ threads, batch, callMs: 1 + (0.5 * batch) / threads, peakMebibytes: 100 + batch })),
);

export function exampleSweep(
  points: readonly ExamplePoint[],
  options: { latencyBound?: LatencyBound; rounds?: number; samples?: number } = {},
): { experiment: Experiment; blocksByRunId: Map<string, SampleBlock[]> } {
  const { rounds = 20, samples = 40, latencyBound } = options;
  const { experiment } = exampleExperiment([{ name: 'net', medianMs: 1 }]);
  const [template] = experiment.runs;
  if (template === undefined) throw new Error('The example has no run.');
  const plan = experimentPlanSchema.parse({
    variantIds: [template.model.sha256],
    providers: ['node:cpu'],
    intraOpThreads: [...new Set(points.map(({ threads = 1 }) => threads))],
    batchSizes: [...new Set(points.map(({ batch = 1 }) => batch))],
    seed: SEED,
    latencyBound,
  });
  const [{ settings }] = expandPlan(plan) as [ReturnType<typeof expandPlan>[number]];
  const blocksByRunId = new Map<string, SampleBlock[]>();
  const runs = points.map((point, index) => {
    const { threads = 1, batch = 1, callMs, peakMebibytes = 100, firstRound = 0 } = point;
    const id = `sweep-run-${index + 1}`;
    const blocks = callMs === undefined ? [] : evenBlocks(callMs, { rounds, samples, firstRound });
    blocksByRunId.set(id, blocks);
    const latencyMs = summarizeLatency(blocks.map(({ samplesMs }) => samplesMs));
    return {
      ...template,
      id,
      settings: { ...settings, intraOpThreads: threads, batchSize: batch },
      status: latencyMs === null ? ('failed' as const) : ('completed' as const),
      latencyMs,
      sampleCount: rounds * samples,
      blockCount: blocks.length,
      throughputPerSecond: latencyMs === null ? null : (batch * 1000) / latencyMs.median,
      memory: { ...template.memory, peakBytes: peakMebibytes === null ? null : peakMebibytes * 2 ** 20 },
      stability: latencyMs === null ? null : judgeStability(blocks),
    };
  });
  return { experiment: { ...experiment, plan, runs, runCount: runs.length, comparisons: [] }, blocksByRunId };
}

/** Samples within 1 % of the median, spread alike in every block by multiples of the golden ratio. */
function evenBlocks(
  medianMs: number,
  { rounds, samples, firstRound }: { rounds: number; samples: number; firstRound: number },
): SampleBlock[] {
  return Array.from({ length: rounds }, (_, index) => ({
    blockIndex: index,
    round: firstRound + index,
    startedAtMs: index,
    samplesMs: Array.from({ length: samples }, (_sample, position) => {
      const share = ((index * samples + position) * 0.618_033_988_75) % 1;
      return medianMs * (1 + 0.02 * (share - 0.5));
    }),
  }));
}
