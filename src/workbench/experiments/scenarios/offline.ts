/** Offline: all items are there at once; the largest throughput over batch sizes and numbers of instances, measured interleaved. */
import { AppError, toErrorData } from '#shared/app-error.ts';
import { coresOf } from '#shared/cores-of.ts';
import { formatBytes, formatDuration } from '#shared/format.ts';
import { LEAST_LOADING_SECONDS, type OfflineFacts, offlinePoints } from '#shared/scenarios/offline.ts';
import { MOST_INSTANCES } from '#shared/scenarios/scenario-parts.ts';
import type { ScenarioPlan } from '#shared/scenarios/scenario.ts';
import { isWebProvider } from '#shared/web-engine-protocol.ts';
import { orderOfRound } from '../schedule.ts';
import {
  instanceThreads,
  mostInstances,
  type LoadedInstances,
  NOT_IN_BROWSERS,
  runTimes,
  saturate,
  saturatedRate,
  startInstances,
} from './instances.ts';
import { MODEL_COPIES } from '../needed-bytes.ts';
import type { Scenario, ScenarioContext } from './scenario-context.ts';

type OfflinePlan = Extract<ScenarioPlan, { kind: 'offline' }>;
type Point = { batchSize: number; instanceCount: number };
type LivePoint = LoadedInstances & { point: Point };

const ROUND_COUNT = 12;
const LONGEST_BLOCK_MS = 2000;
/** A block has time for so many runs of an instance at least, so that the last one does not decide. */
const RUNS_PER_BLOCK = 5;
/** What a process takes beside its models, with room: 155 MB were seen with one of 3 MB (`node bench/instances.ts`). */
const PROCESS_BYTES = 200 * 2 ** 20;

export const offline: Scenario<OfflinePlan> = {
  obstacleOf: ({ provider }) => (isWebProvider(provider) ? NOT_IN_BROWSERS : null),
  async measure(plan, context) {
    const live: LivePoint[] = [];
    const startMs = performance.now();
    try {
      for (const point of pointsOf(plan, context)) {
        context.onProgress(0, `loading ${pointText(point)}`);
        const started = await startPoint(point, { plan, context, loadingMs: performance.now() - startMs });
        if (started !== null) live.push(started);
      }
      await measurePoints(live, plan, context);
    } finally {
      await Promise.all(live.map(({ engine }) => engine.kill()));
    }
  },
};

function pointsOf(plan: OfflinePlan, { device, run }: ScenarioContext): Point[] {
  return offlinePoints(plan, Math.min(coresOf(device), mostInstances(run.provider), MOST_INSTANCES));
}

/** @param about.loadingMs what loading the points before took */
async function startPoint(
  point: Point,
  { plan, context, loadingMs }: { plan: OfflinePlan; context: ScenarioContext; loadingMs: number },
): Promise<LivePoint | null> {
  const { run, availableMemory, signal } = context;
  try {
    refuseWithoutTime(point, { plan, context, loadingMs });
    const neededBytes = PROCESS_BYTES + point.instanceCount * MODEL_COPIES * run.model.sizeBytes;
    if (availableMemory() < neededBytes) {
      throw new AppError(
        'out-of-memory',
        `It needs about ${formatBytes(neededBytes)} of memory beside the other points. Ask for fewer points at a time.`,
      );
    }
    return { ...(await startInstances(context, point)), point };
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error;
    keepFailure(point, error, context, 0);
    return null;
  }
}

async function measurePoints(points: readonly LivePoint[], plan: OfflinePlan, context: ScenarioContext): Promise<void> {
  const { signal, seed, onBlock, onProgress } = context;
  const totalMs = plan.timeLimitSeconds * 1000;
  const failed = new Set<LivePoint>();
  let spentMs = 0;
  for (let round = 0; round < ROUND_COUNT; round += 1) {
    // A round is begun when it can be ended, since only whole ones compare the points.
    if (failed.size === points.length || (round > 0 && spentMs + spentMs / round > totalMs)) return;
    for (const live of orderOfRound(points, round, seed)) {
      if (failed.has(live)) continue;
      const { engine, intraOpThreads, point, runMs } = live;
      onProgress(Math.min(1, spentMs / totalMs), `round ${round + 1} of ${ROUND_COUNT}: ${pointText(point)}`);
      const durationMs = blockMs(runMs, totalMs / (ROUND_COUNT * points.length));
      try {
        if (round === 0 && spentMs + durationMs > totalMs) throw noTimeError(durationMs, plan);
        const served = await saturate(context, live, durationMs);
        const facts: OfflineFacts = {
          ...point,
          intraOpThreads,
          threadCount: threadCountOf(point, intraOpThreads, context),
          round,
          runsPerSecond: saturatedRate(served),
          peakBytes: served.peakBytes,
          context: served.context,
          error: null,
        };
        onBlock({ kind: 'offline', startedAtMs: served.startedAtMs, facts, samplesMs: runTimes(served) });
        spentMs += served.endedMs.reduce((latest, endedMs) => Math.max(latest, endedMs), 0);
      } catch (error) {
        if (signal.aborted || !(error instanceof AppError)) throw error;
        failed.add(live);
        // It may still be at work, or hold memory that the other points need.
        await engine.kill();
        keepFailure(point, error, context, round);
      }
    }
  }
}

function blockMs(runMs: number, sharedMs: number): number {
  return Math.max(Math.min(sharedMs, LONGEST_BLOCK_MS), RUNS_PER_BLOCK * runMs);
}

function threadCountOf({ instanceCount }: Point, intraOpThreads: number, { device }: ScenarioContext): number {
  return instanceCount * (intraOpThreads === 0 ? coresOf(device) : intraOpThreads);
}

/** Before it is loaded, because that, with its first runs, may itself take longer than the scenario has. */
function refuseWithoutTime(
  { batchSize }: Point,
  { plan, context, loadingMs }: { plan: OfflinePlan; context: ScenarioContext; loadingMs: number },
): void {
  const totalMs = plan.timeLimitSeconds * 1000;
  const expectedMs = (RUNS_PER_BLOCK * context.medianMs * batchSize) / context.run.settings.batchSize;
  if (expectedMs > totalMs) {
    throw new AppError(
      'invalid-input',
      `One block of it would take about ${formatDuration(expectedMs)}, by the times of the case, which is more than the ${plan.timeLimitSeconds} s of all points. Give the scenario more time, or ask for smaller batches.`,
    );
  }
  if (loadingMs > Math.max(LEAST_LOADING_SECONDS * 1000, totalMs)) {
    throw new AppError(
      'invalid-input',
      `Loading the points before it took ${formatDuration(loadingMs)}, so there is no time left for it. Give the scenario more time, or ask for fewer points.`,
    );
  }
}

function noTimeError(durationMs: number, { timeLimitSeconds }: OfflinePlan): AppError {
  return new AppError(
    'invalid-input',
    `One block of it takes about ${formatDuration(durationMs)}, which is more than the other points left of ${timeLimitSeconds} s. Give the scenario more time, or ask for smaller batches.`,
  );
}

function keepFailure(point: Point, error: AppError, context: ScenarioContext, round: number): void {
  const intraOpThreads = instanceThreads(context, point.instanceCount);
  const facts: OfflineFacts = {
    ...point,
    intraOpThreads,
    threadCount: threadCountOf(point, intraOpThreads, context),
    round,
    runsPerSecond: 0,
    peakBytes: null,
    error: toErrorData(error),
  };
  context.onBlock({ kind: 'offline', startedAtMs: Date.now(), facts, samplesMs: [] });
}

function pointText({ batchSize, instanceCount }: Point): string {
  return `batch ${batchSize}, ${instanceCount === 1 ? '1 instance' : `${instanceCount} instances`}`;
}
