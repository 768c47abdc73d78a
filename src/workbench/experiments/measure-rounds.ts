/** Measures blocks of several cases in interleaved rounds until the time budget or a stop rule ends it. Clock and cases are passed in. */
import { AppError } from '#shared/app-error.ts';
import type { BlockContext } from '#shared/block-context.ts';
import { type BlockPlan, planRounds, type RoundPlan } from '#shared/round-plan.ts';
import { orderOfRound, shouldStartRound } from './schedule.ts';

export type MeasuredCase = {
  id: string;
  /** Time of one run, from the warm-up. */
  runMs: number;
  measure: (plan: BlockPlan) => Promise<Omit<MeasuredBlock, 'caseId' | 'round'>>;
};

export type MeasuredBlock = {
  caseId: string;
  round: number;
  startedAtMs: number;
  samplesMs: Float64Array;
  context: BlockContext | null;
};

/** @returns the cases that measured to the end */
export async function measureRounds(options: {
  cases: readonly MeasuredCase[];
  budgetMs: number;
  /** That of `planRounds`, unless another one is given. */
  plan?: RoundPlan;
  seed: number;
  /** Rounds go on counting from here when saved blocks are continued. */
  firstRound: number;
  /** Monotonic time, milliseconds. */
  now: () => number;
  onBlock: (block: MeasuredBlock) => void;
  /** A case whose engine failed takes no part in what follows. */
  onFailure: (caseId: string, error: AppError) => void;
  /** Asked after each round that another would follow. */
  shouldStop?: (state: { roundsDone: number; nextRound: number }) => boolean;
  /** The time budget ended before the planned rounds did. */
  onTimeEnd?: (state: { roundsDone: number; roundCount: number }) => void;
  onProgress: (progress: { round: number; roundCount: number; fraction: number; caseId: string }) => void;
}): Promise<string[]> {
  const { cases, budgetMs, seed, firstRound, now } = options;
  const { plan = planRounds({ budgetMs, runMs: cases.map((item) => item.runMs) }) } = options;
  const planned = cases.map((item, index) => ({ item, block: plan.blocks[index] as BlockPlan }));
  const failed = new Set<string>();
  const startMs = now();
  /** Until a failure was seen, for an engine that hangs up to its silence limit: not the time of the others. */
  let lostMs = 0;
  const elapsedMs = (): number => now() - startMs - lostMs;
  let roundsDone = 0;
  const { roundCount } = plan;
  while (failed.size < cases.length && roundsDone < roundCount) {
    if (!shouldStartRound({ roundsDone, roundCount, elapsedMs: elapsedMs(), budgetMs })) {
      options.onTimeEnd?.({ roundsDone, roundCount });
      break;
    }
    if (options.shouldStop?.({ roundsDone, nextRound: firstRound + roundsDone }) === true) break;
    const round = firstRound + roundsDone;
    for (const { item, block } of orderOfRound(planned, round, seed)) {
      if (failed.has(item.id)) continue;
      const fraction = Math.min(1, Math.max(roundsDone / roundCount, elapsedMs() / budgetMs));
      options.onProgress({ round: roundsDone + 1, roundCount, fraction, caseId: item.id });
      const blockStartMs = now();
      try {
        const measured = await item.measure(block);
        options.onBlock({ caseId: item.id, round, ...measured });
      } catch (error) {
        if (!(error instanceof AppError) || error.kind === 'cancelled') throw error;
        lostMs += now() - blockStartMs;
        failed.add(item.id);
        options.onFailure(item.id, error);
      }
    }
    roundsDone += 1;
  }
  return cases.filter((item) => !failed.has(item.id)).map((item) => item.id);
}
