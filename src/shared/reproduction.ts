/** Whether an experiment that was measured again says the same. */
import { z } from 'zod';
import type { Environment, Experiment } from './experiment.ts';
import { type Interval, judge, judgedSchema, type RepeatVerdict, repeatVerdictSchema } from './judge-repeat.ts';
import type { Comparison, Run } from './run.ts';
import { compareScenarios, scenarioRepeatSchema } from './scenarios/compare-scenarios.ts';
import { NO_C_INTERFACE } from './runtime-interface.ts';
import { conditionText } from './text/case-text.ts';

/** Of which run a number is. `condition`: provider and settings in words, as far as they tell runs apart. */
const caseNameSchema = z.object({ model: z.string(), condition: z.string().default('') });
type CaseName = z.infer<typeof caseNameSchema>;

export const reproductionSchema = z.object({
  originalExperimentId: z.string(),
  /** `outside` when anything is, else `unknown` when anything is, or there is nothing to judge. */
  verdict: repeatVerdictSchema,
  /** Median latencies, milliseconds. */
  runs: z.array(judgedSchema.extend({ originalRunId: z.string(), runId: z.string(), ...caseNameSchema.shape })),
  /** Speedups against the baseline. */
  comparisons: z.array(
    judgedSchema.extend({
      baseline: z.string(),
      candidate: z.string(),
      baselineCondition: z.string().default(''),
      candidateCondition: z.string().default(''),
    }),
  ),
  /** What the scenarios of each run found. */
  scenarios: z
    .array(
      scenarioRepeatSchema.and(z.object({ originalRunId: z.string(), runId: z.string(), ...caseNameSchema.shape })),
    )
    .default([]),
  /** What the original has a result of and the repeat has not: it failed this time, or was not measured. */
  missing: z
    .array(
      z.object({ runId: z.string(), ...caseNameSchema.shape, scenario: z.string().nullable(), message: z.string() }),
    )
    .default([]),
  /** Software that differs; files, settings, seed and device are the same. */
  changes: z.array(z.object({ what: z.string(), before: z.string(), after: z.string() })),
});
export type Reproduction = z.infer<typeof reproductionSchema>;

/**
 * Runs of the original that gave no result are left out.
 * @param about.runId judges this run of the original alone, and its own comparison
 */
export function compareReproduction(
  original: Experiment,
  repeat: Experiment,
  about: { runId?: string | undefined } = {},
): Reproduction {
  const { smallestDifference } = original.plan;
  const pairs = original.runs.flatMap((run, index) => {
    const again = repeat.runs[index];
    const isAsked = about.runId === undefined || about.runId === run.id;
    return again && isAsked && latencyOf(run) !== null ? [{ run, again }] : [];
  });
  const nameOf = namesOfCases(original);
  const runs = pairs.map(({ run, again }) => ({
    originalRunId: run.id,
    runId: again.id,
    ...nameOf(run),
    ...judge(latencyOf(run), latencyOf(again), smallestDifference),
  }));
  const comparisons = pairs.flatMap(({ run, again }) => {
    const before = comparisonOf(original, run.id);
    if (!before) return [];
    const after = comparisonOf(repeat, again.id);
    const baseline = original.runs.find(({ id }) => id === before.baselineRunId);
    const { model, condition } = nameOf(run);
    return [
      {
        baseline: baseline?.model.name ?? '',
        candidate: model,
        baselineCondition: baseline ? nameOf(baseline).condition : '',
        candidateCondition: condition,
        ...judge(before.speedup, after?.speedup ?? null, smallestDifference),
      },
    ];
  });
  const scenarios = pairs.flatMap(({ run, again }) =>
    compareScenarios(run.scenarios ?? [], again.scenarios ?? [], smallestDifference).map((item) => ({
      originalRunId: run.id,
      runId: again.id,
      ...nameOf(run),
      ...item,
    })),
  );
  const missing = pairs.flatMap(({ run, again }) =>
    missingOf(run, again).map((item) => ({ runId: again.id, ...nameOf(run), ...item })),
  );
  const verdicts = [...runs, ...comparisons, ...scenarios].map(({ verdict }) => verdict);
  return {
    originalExperimentId: original.id,
    verdict: verdictOfAll(verdicts),
    runs,
    comparisons,
    scenarios,
    missing,
    changes: [...changesOf(original.environment, repeat.environment), ...interfaceChange(repeat)],
  };
}

/** Scenarios are not measured of a run that failed, which is said once. */
function missingOf(run: Run, again: Run): Pick<Reproduction['missing'][number], 'scenario' | 'message'>[] {
  if (latencyOf(again) === null) {
    return [{ scenario: null, message: again.error?.message ?? `It is ${again.status}.` }];
  }
  return (run.scenarios ?? []).flatMap(({ kind, result }) => {
    const found = again.scenarios?.find((item) => item.kind === kind);
    if (result === null || (found?.result ?? null) !== null) return [];
    return [{ scenario: kind, message: found?.error?.message ?? 'It was not measured.' }];
  });
}

/** Several cases of one model have one name, so what tells them apart is said too. */
function namesOfCases({ runs }: Experiment): (run: Run) => CaseName {
  const conditionOf = (run: Run): string => conditionText({ ...run, placement: [] });
  const hasSeveral = new Set(runs.map(conditionOf)).size > 1;
  const hasSeveralProviders = new Set(runs.map(({ provider }) => provider)).size > 1;
  return (run) => {
    const condition = conditionOf(run);
    const settings = condition.slice(run.provider.length).replace(/^, /, '');
    return { model: run.model.name, condition: !hasSeveral ? '' : hasSeveralProviders ? condition : settings };
  };
}

function verdictOfAll(verdicts: readonly RepeatVerdict[]): RepeatVerdict {
  if (verdicts.length === 0) return 'unknown';
  return (['outside', 'unknown'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'inside';
}

function latencyOf({ status, latencyMs }: Run): Interval | null {
  if (status !== 'completed' || latencyMs === null) return null;
  return { estimate: latencyMs.median, ciLow: latencyMs.ciLow, ciHigh: latencyMs.ciHigh };
}

function comparisonOf({ comparisons }: Experiment, candidateRunId: string): Comparison | undefined {
  return comparisons.find((comparison) => comparison.candidateRunId === candidateRunId);
}

/** A repeat is asked to go the way of the original. */
function interfaceChange({ runs }: Experiment): Reproduction['changes'] {
  const isMissing = runs.some(({ warnings }) => warnings.some(({ kind }) => kind === NO_C_INTERFACE));
  return isMissing ? [{ what: 'The interface', before: 'C', after: 'JavaScript' }] : [];
}

function changesOf(before: Environment, after: Environment): Reproduction['changes'] {
  const names = {
    whittleVersion: 'Whittle',
    onnxruntimeNodeVersion: 'ONNX Runtime',
    nodeVersion: 'Node.js',
    electronVersion: 'Electron',
  } as const;
  const native = (Object.keys(names) as (keyof typeof names)[]).map(
    (key) => [names[key], before[key], after[key]] as const,
  );
  const web = [
    ['ONNX Runtime in the browser', before.web?.onnxruntimeWebVersion, after.web?.onnxruntimeWebVersion],
    ['The browser', before.web?.browser, after.web?.browser],
  ] as const;
  return [...native, ...web].flatMap(([what, was, is]) =>
    (was ?? null) === (is ?? null) ? [] : [{ what, before: was ?? 'none', after: is ?? 'none' }],
  );
}
