/** The rounds of blocks of cases that were loaded, and what ends each case: its record and its memory. */
import { AppError } from '#shared/app-error.ts';
import { FEWEST_ROUNDS, planReloadedRounds, type RoundPlan } from '#shared/round-plan.ts';
import { countText } from '#shared/text/number-text.ts';
import { reducedRoundsWarning, reloadedWarning } from './case-warnings.ts';
import type { ExperimentSession } from './experiment-session.ts';
import { finishCase } from './finish-case.ts';
import { createReloadedCases, type GroupCase } from './group-case.ts';
import { endAll, type LiveCase } from './load-cases.ts';
import { measureRounds } from './measure-rounds.ts';
import { prepareCase, type References } from './prepare-case.ts';
import { progressAfterBlocks, progressOfBlocks } from './progress-shares.ts';
import { areRoundsOver } from './are-rounds-over.ts';
import { SILENCE_FACTOR } from './silence-limits.ts';
import { createStopRule } from './stop-rule.ts';

/** Rounds that were paid for by loading are measured, though their blocks take longer than planned by so much. */
const RELOADED_OVERRUN = 1.5;

/** Ends the cases, whatever happens. */
export async function measureLoaded(
  session: ExperimentSession,
  live: readonly LiveCase[],
  budgetMs: number,
): Promise<void> {
  try {
    await measureGroup(
      session,
      live.map((item) => ({ run: item.run, runMs: item.runMs, use: (what) => what(item) })),
      { budgetMs, now: () => performance.now() },
    );
  } finally {
    await endAll(live);
  }
}

/** Round by round, one in memory at a time. Loading is not part of the time budget. */
export async function measureReloaded(
  session: ExperimentSession,
  known: readonly LiveCase[],
  options: { budgetMs: number; references: References },
): Promise<void> {
  const { engines, runtimeInterface, limits, job } = session;
  const { budgetMs, references } = options;
  for (const { run } of known) session.addWarnings(run.id, [reloadedWarning]);
  const { cases, now } = createReloadedCases(known, async (run) => {
    const inputs = await session.inputsOf(run);
    const about = { engines, run, inputs, runtimeInterface, references, limits, signal: job.signal };
    return prepareCase({ ...about, onFacts: () => {} });
  });
  const plan = planReloadedRounds({
    budgetMs,
    runMs: known.map(({ runMs }) => runMs),
    loadMs: known.map(({ preparedInMs }) => preparedInMs),
  });
  await measureGroup(session, cases, { budgetMs: RELOADED_OVERRUN * budgetMs, plan, now });
}

type GroupOptions = { budgetMs: number; plan?: RoundPlan; now: () => number };

async function measureGroup(
  session: ExperimentSession,
  cases: readonly GroupCase[],
  options: GroupOptions,
): Promise<void> {
  const { store } = session;
  const roundsOf = (id: string): number[] => store.runs.blocks(id).map(({ round }) => round);
  const waiting = cases.map(({ run }) => roundsOf(run.id));
  const all = session.runs().map(({ id, status }) => ({ status, rounds: roundsOf(id) }));
  const survivors = areRoundsOver(waiting, all)
    ? new Set(cases.map(({ run }) => run.id))
    : new Set(await measureBlocks(session, cases, { ...options, firstRound: countRounds(all) }));
  const whole = cases.filter(({ run }) => survivors.has(run.id));
  for (const [index, item] of whole.entries()) {
    await completeRun(session, item, (fraction) =>
      progressAfterBlocks(session.experiment.plan, whole.length, index + fraction),
    );
    if (store.runs.countBlocks(item.run.id) < FEWEST_ROUNDS) session.addWarnings(item.run.id, [reducedRoundsWarning]);
  }
}

function countRounds(runs: readonly { rounds: readonly number[] }[]): number {
  return runs.flatMap(({ rounds }) => rounds).reduce((highest, round) => Math.max(highest, round + 1), 0);
}

/** @returns the cases that measured to the end */
async function measureBlocks(
  session: ExperimentSession,
  cases: readonly GroupCase[],
  options: GroupOptions & { firstRound: number },
): Promise<string[]> {
  const { store, experiment, job, limits, watch, titleOf } = session;
  const { signal } = job;
  const byId = new Map(cases.map((item) => [item.run.id, item]));
  const nextBlock = new Map(cases.map(({ run }) => [run.id, store.runs.countBlocks(run.id)]));
  return measureRounds({
    ...options,
    cases: cases.map(({ run, runMs, use }) => ({
      id: run.id,
      runMs,
      measure: (block) =>
        use(async ({ engine, line }) => {
          const expectedMs = Math.max(block.durationMs, (block.minimumSamples + block.settleRuns) * runMs);
          const silenceLimitMs = Math.max(limits.measureMs, SILENCE_FACTOR * expectedMs);
          const endWatch = watch.start();
          const { usage, ...measured } = await engine.request('session.measure', block, { silenceLimitMs, signal });
          const watched = endWatch(usage);
          line.read();
          return { ...measured, context: watched };
        }),
    })),
    seed: session.seed,
    onBlock({ caseId, ...block }) {
      const blockIndex = nextBlock.get(caseId) as number;
      store.runs.addBlock(caseId, { ...block, blockIndex });
      nextBlock.set(caseId, blockIndex + 1);
    },
    shouldStop: createStopRule({
      store,
      experiment,
      runIds: cases.map(({ run }) => run.id),
      onStop: (text) => job.log('info', text),
    }),
    onTimeEnd({ roundsDone, roundCount }) {
      job.log('info', `The time ended after ${roundsDone} of ${countText(roundCount, 'planned round')}.`);
    },
    onFailure: (caseId, error) => session.failRun((byId.get(caseId) as GroupCase).run, error),
    onProgress({ round, roundCount, fraction, caseId }) {
      const where = titleOf((byId.get(caseId) as GroupCase).run);
      job.report(
        progressOfBlocks(experiment.plan, cases.length, fraction),
        `Measuring round ${round} of ${roundCount}: ${where}`,
      );
    },
  });
}

async function completeRun(
  session: ExperimentSession,
  { run, use }: GroupCase,
  /** @param fraction of what follows its blocks */
  progressOf: (fraction: number) => number,
): Promise<void> {
  const { store, experiment, job, limits, watch, titleOf } = session;
  const { signal } = job;
  try {
    store.records.clearSustained(run.id);
    const { record, peakBytes } = await use((prepared) =>
      finishCase({
        run,
        prepared,
        plan: experiment.plan,
        watch,
        request: { silenceLimitMs: limits.measureMs + SILENCE_FACTOR * prepared.runMs, signal },
        onSustained: (block) => store.records.addSustained(run.id, block),
        onProgress: (fraction, message) => job.report(progressOf(fraction), `${titleOf(run)}: ${message}`),
      }),
    );
    store.records.save(run.id, record);
    const memory = store.runs.get(run.id)?.memory ?? run.memory;
    store.runs.save(run.id, {
      status: 'completed',
      memory: { ...memory, peakBytes: peakBytes ?? memory.peakBytes },
      endedAtMs: Date.now(),
    });
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error;
    session.failRun(run, error);
  }
}
