/** What intervals of few rounds hold, and how there would be more rounds. */
import type { Experiment } from '../experiment.ts';
import { formatDuration } from '../format.ts';
import { budgetForEnoughRounds } from '../round-plan.ts';
import { ENOUGH_ROUNDS } from '../statistics/interval-confidence.ts';
import { earlyEndText } from '../text/ending-text.ts';
import type { Note } from './notes.ts';
import { isCompleted, type ResultRow } from './result-row.ts';

/** Runs may be somewhat slower the next time. */
const MARGIN = 1.05;

/** @returns null where every completed run has enough rounds, or none an interval */
export function fewRoundsNote(rows: readonly ResultRow[], experiment: Experiment): Note | null {
  const completed = rows.filter(isCompleted);
  const few = completed.filter(({ run }) => run.latencyMs.confidence === 'at-least-95');
  if (few.length === 0) return null;
  return {
    kind: 'few-rounds',
    message: `Fewer than ${ENOUGH_ROUNDS} rounds cannot tell a quiet machine from one that wanders, so intervals allow for the second: they hold the truth at least 95 times in 100, mostly more often.${adviceText(
      experiment,
      completed.map(({ run }) => run),
    )}`,
    runNumbers: few.map(({ number }) => number),
  };
}

function adviceText(experiment: Experiment, runs: readonly ResultRow['run'][]): string {
  // Loading takes its time there, and the number of rounds has a limit.
  if (runs.some(({ warnings }) => warnings.some(({ kind }) => kind === 'reloaded-each-round'))) return '';
  const times = runs.flatMap(({ latencyMs }) => (latencyMs === null ? [] : [latencyMs.median * MARGIN]));
  const enoughMs = Math.ceil(budgetForEnoughRounds(times) / 1000) * 1000;
  const isEarly = earlyEndText(experiment) !== null;
  if (enoughMs > experiment.plan.timeBudgetSeconds * 1000) {
    const howLong = ` For ${ENOUGH_ROUNDS} rounds of these runs, measure for about ${formatDuration(enoughMs)}`;
    return isEarly ? `${howLong}, without an early end (whittle bench --no-early-stop).` : `${howLong}.`;
  }
  return isEarly
    ? ` There would be ${ENOUGH_ROUNDS} without an early end (whittle bench --no-early-stop).`
    : ' The time ended before they were reached: measure longer, or when the machine has nothing else to do.';
}
