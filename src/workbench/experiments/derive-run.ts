/** What is derived from raw samples each time they are read, and remembered while nothing is added to them. */
import type { Run, SampleBlock } from '#shared/run.ts';
import { compareBlocks } from '#shared/statistics/compare-blocks.ts';
import { judgeStability } from '#shared/statistics/stability.ts';
import { summarizeContext } from '#shared/statistics/summarize-context.ts';
import { summarizeLatency } from '#shared/statistics/summarize-latency.ts';
import type { StoredRun } from '../store/run-rows.ts';
import type { Store } from '../store/store.ts';

type Derived = Pick<Run, 'latencyMs' | 'sampleCount' | 'blockCount' | 'throughputPerSecond' | 'stability' | 'context'>;
type ComparedBlocks = ReturnType<typeof compareBlocks>;

export type RunDeriver = {
  derive: (run: StoredRun, seed: number) => Run;
  compare: (baselineRunId: string, candidateRunId: string, looks: readonly number[]) => ComparedBlocks;
};

const MOST_REMEMBERED = 1000;
const noTimes = { latencyMs: null, throughputPerSecond: null, stability: null } as const;

export function createRunDeriver(store: Store): RunDeriver {
  const remembered = new Map<string, unknown>();
  const remember = <Value>(key: string, compute: () => Value): Value => {
    if (remembered.has(key)) return remembered.get(key) as Value;
    const value = compute();
    remembered.set(key, value);
    if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value as string);
    return value;
  };
  return {
    derive(run, seed) {
      // Blocks are only ever added, so their number tells whether something is new.
      const key = `${run.id} ${store.runs.countBlocks(run.id)} ${run.settings.batchSize} ${seed}`;
      const derived = remember(key, () => deriveRun(store.runs.blocks(run.id), run.settings.batchSize, seed));
      // Measured before its results turned out wrong, as after a resume: its times are not shown either.
      const isWrong = run.parity?.passed === false;
      return { ...run, ...derived, ...(isWrong ? noTimes : {}) };
    },
    compare(baselineRunId, candidateRunId, looks) {
      const counts = [store.runs.countBlocks(baselineRunId), store.runs.countBlocks(candidateRunId)];
      return remember(`${baselineRunId} ${candidateRunId} ${counts.join(' ')} ${looks.join()}`, () =>
        compareBlocks(store.runs.blocks(baselineRunId), store.runs.blocks(candidateRunId), { looks }),
      );
    },
  };
}

function deriveRun(blocks: readonly SampleBlock[], batchSize: number, seed: number): Derived {
  const latencyMs = summarizeLatency(
    blocks.map((block) => block.samplesMs),
    { seed },
  );
  return {
    latencyMs,
    sampleCount: blocks.reduce((sum, block) => sum + block.samplesMs.length, 0),
    blockCount: blocks.length,
    throughputPerSecond: latencyMs === null ? null : (batchSize * 1000) / latencyMs.median,
    stability: latencyMs === null ? null : judgeStability(blocks),
    context: summarizeContext(blocks),
  };
}
