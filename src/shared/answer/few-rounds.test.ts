import { expect, test } from 'vitest';
import type { Experiment } from '../experiment.ts';
import { exampleExperiment, threeVersions } from '../../../tests/fakes/example-content.ts';
import { deriveResults } from './derive-results.ts';

/** @param change what differs from three quick versions with the usual 20 s */
function noteOf(rounds: number, change: (experiment: Experiment) => Experiment = (experiment) => experiment) {
  const { experiment, blocksByRunId } = exampleExperiment(threeVersions, { rounds });
  const { notes } = deriveResults(change(experiment), { quality: [], blocksByRunId });
  return notes.find(({ kind }) => kind === 'few-rounds');
}

const withBudget =
  (timeBudgetSeconds: number) =>
  (experiment: Experiment): Experiment => ({ ...experiment, plan: { ...experiment.plan, timeBudgetSeconds } });

test('40 rounds need no note, and five have no interval to speak of', () => {
  expect(noteOf(40)).toBeUndefined();
  expect(noteOf(5)).toBeUndefined();
});

test.each([
  // 40 rounds of three blocks of 50 ms, rounded up.
  ['too little time', 12, withBudget(3), ' For 40 rounds of these runs, measure for about 7 s.'],
  [
    'time enough, on a disturbed machine',
    37,
    withBudget(20),
    ' The time ended before they were reached: measure longer, or when the machine has nothing else to do.',
  ],
  [
    'everything decided before',
    12,
    (experiment: Experiment) => ({ ...experiment, looks: [12] }),
    ' There would be 40 without an early end (whittle bench --no-early-stop).',
  ],
  [
    'everything decided before, and too little time',
    12,
    (experiment: Experiment) => withBudget(3)({ ...experiment, looks: [12] }),
    ' For 40 rounds of these runs, measure for about 7 s, without an early end (whittle bench --no-early-stop).',
  ],
  [
    'loading anew, which has a limit of its own',
    12,
    (experiment: Experiment) => ({
      ...experiment,
      runs: experiment.runs.map((run) => ({ ...run, warnings: [{ kind: 'reloaded-each-round', message: 'Loaded.' }] })),
    }),
    '',
  ],
] as const)('%s', (_, rounds, change, advice) => {
  expect(noteOf(rounds, change)).toEqual({
    kind: 'few-rounds',
    message: `Fewer than 40 rounds cannot tell a quiet machine from one that wanders, so intervals allow for the second: they hold the truth at least 95 times in 100, mostly more often.${advice}`,
    runNumbers: [1, 2, 3],
  });
});

test('a run that has enough rounds is not named', () => {
  const { experiment, blocksByRunId } = exampleExperiment(threeVersions, { rounds: 40 });
  const [first, ...others] = experiment.runs;
  const ofFew = exampleExperiment(threeVersions, { rounds: 30 }).experiment.runs[0];
  if (first === undefined || ofFew === undefined) throw new Error('The example has no run.');
  const mixed = { ...experiment, runs: [{ ...ofFew, id: first.id }, ...others] };
  const { notes } = deriveResults(mixed, { quality: [], blocksByRunId });
  expect(notes.find(({ kind }) => kind === 'few-rounds')?.runNumbers).toEqual([1]);
});
