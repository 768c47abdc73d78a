/** What is measured of a case after its blocks: runs after idling, continuous runs, and the memory that stays. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExperimentPlan } from '#shared/case.ts';
import type { MemoryReading } from '#shared/engine-protocol.ts';
import { afterwardsSecondsOf } from '#shared/preflight.ts';
import type { MemoryParts, RunRecord } from '#shared/run-record.ts';
import { type SustainedBlock, thinWindow } from '#shared/sustained-window.ts';
import { isWebProvider } from '#shared/web-engine-protocol.ts';
import type { BlockWatch } from '../machine-state/watch-block.ts';
import type { RequestOptions } from '../engine-process/engine-process.ts';
import type { StoredRun } from '../store/run-rows.ts';
import type { PreparedCase } from './prepare-case.ts';

const WINDOW_MS = 1000;

export type FinishOptions = {
  run: StoredRun;
  prepared: PreparedCase;
  plan: Pick<ExperimentPlan, 'idleSeconds' | 'idleRepeats' | 'sustainedSeconds'>;
  watch: BlockWatch;
  request: RequestOptions;
  onSustained: (window: SustainedBlock) => void;
  /** @param fraction of the time that all of it takes */
  onProgress: (fraction: number, message: string) => void;
};

/** Errors: whatever the engine says; the signal's own when it was cancelled while idling. */
export async function finishCase(options: FinishOptions): Promise<{ record: RunRecord; peakBytes: number | null }> {
  const { run, prepared, request } = options;
  const { engine, record, line } = prepared;
  const idle = await measureIdle(options);
  await measureSustained(options);
  const { peakBytes } = await engine.request('session.memory', {}, request);
  // A page has no session to give back without its end.
  const released = isWebProvider(run.provider) ? null : await engine.request('session.release', {}, request);
  line.enter('released');
  const memory = {
    ...record.memory,
    afterRelease: released && partsOf(released),
    line: line.points(),
    readingMs: line.readingMs(),
    readingCount: line.readingCount(),
  };
  return { record: { ...record, idle, memory }, peakBytes };
}

export function partsOf({ residentBytes, anonymousBytes, fileBytes }: MemoryReading): MemoryParts {
  return { residentBytes, anonymousBytes, fileBytes };
}

/** The shortest times first, and all of them before the next repetition, so that a slow change of the machine meets all alike. */
async function measureIdle({ prepared, plan, request, onProgress }: FinishOptions): Promise<RunRecord['idle']> {
  const { engine, line } = prepared;
  const idle: RunRecord['idle'] = [];
  if (plan.idleSeconds.length === 0) return idle;
  const totalSeconds = afterwardsSecondsOf(plan);
  let idledSeconds = 0;
  line.enter('idle');
  for (let repeat = 0; repeat < plan.idleRepeats; repeat += 1) {
    for (const idleSeconds of plan.idleSeconds) {
      onProgress(
        idledSeconds / totalSeconds,
        `Idling ${idleSeconds} s before one run, ${repeat + 1} of ${plan.idleRepeats}`,
      );
      idledSeconds += idleSeconds;
      await sleep(idleSeconds * 1000, undefined, request.signal ? { signal: request.signal } : {});
      const block = { durationMs: 0, minimumSamples: 1, settleRuns: 0 };
      const { samplesMs } = await engine.request('session.measure', block, request);
      idle.push({ idleSeconds, runMs: samplesMs[0] as number });
      line.read();
    }
  }
  return idle;
}

async function measureSustained({
  prepared,
  plan,
  watch,
  request,
  onSustained,
  onProgress,
}: FinishOptions): Promise<void> {
  const { engine, line } = prepared;
  const totalMs = plan.sustainedSeconds * 1000;
  if (totalMs === 0) return;
  line.enter('sustained');
  const windowCount = Math.ceil(totalMs / WINDOW_MS);
  const startMs = performance.now();
  while (performance.now() - startMs < totalMs) {
    const elapsedMs = performance.now() - startMs;
    const leftSeconds = plan.sustainedSeconds - elapsedMs / 1000;
    onProgress(
      1 - leftSeconds / afterwardsSecondsOf(plan),
      `Running without a pause, ${Math.round(elapsedMs / 1000)} of ${plan.sustainedSeconds} s`,
    );
    const endWatch = watch.start();
    const { usage, ...block } = await engine.request(
      'session.measure',
      { durationMs: Math.min(WINDOW_MS, totalMs - elapsedMs), minimumSamples: 1, settleRuns: 0 },
      request,
    );
    onSustained(thinWindow({ ...block, context: endWatch(usage) }, windowCount));
    line.read();
  }
}
