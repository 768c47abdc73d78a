/** Whether an experiment that was measured again says the same. */
import { z } from 'zod';
import type { Environment, Experiment } from './experiment.ts';
import type { Comparison, Run } from './run.ts';
import { SMALLEST_DIFFERENCE_OF_INTEREST } from './statistics/compare-blocks.ts';

const intervalSchema = z.object({ estimate: z.number(), ciLow: z.number().nullable(), ciHigh: z.number().nullable() });
type Interval = z.infer<typeof intervalSchema>;

/** `unknown`: one of the two has no interval, or no result at all. */
const repeatVerdictSchema = z.enum(['inside', 'outside', 'unknown']);
export type RepeatVerdict = z.infer<typeof repeatVerdictSchema>;

const judgedSchema = z.object({
  original: intervalSchema.nullable(),
  repeat: intervalSchema.nullable(),
  /** Where the repeat had to lie, 95 times in 100, if nothing changed; null without intervals. */
  expected: z.object({ low: z.number(), high: z.number() }).nullable(),
  verdict: repeatVerdictSchema,
});
type Judged = z.infer<typeof judgedSchema>;

export const reproductionSchema = z.object({
  originalExperimentId: z.string(),
  /** `outside` when anything is, else `unknown` when anything is. */
  verdict: repeatVerdictSchema,
  /** Median latencies, milliseconds. */
  runs: z.array(judgedSchema.extend({ originalRunId: z.string(), runId: z.string(), model: z.string() })),
  /** Speedups against the baseline. */
  comparisons: z.array(judgedSchema.extend({ baseline: z.string(), candidate: z.string() })),
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
  const pairs = original.runs.flatMap((run, index) => {
    const again = repeat.runs[index];
    const isAsked = about.runId === undefined || about.runId === run.id;
    return again && isAsked && latencyOf(run) !== null ? [{ run, again }] : [];
  });
  const runs = pairs.map(({ run, again }) => ({
    originalRunId: run.id,
    runId: again.id,
    model: run.model.name,
    ...judge(latencyOf(run), latencyOf(again)),
  }));
  const comparisons = pairs.flatMap(({ run, again }) => {
    const before = comparisonOf(original, run.id);
    if (!before) return [];
    const after = comparisonOf(repeat, again.id);
    const baseline = original.runs.find(({ id }) => id === before.baselineRunId)?.model.name ?? '';
    return [{ baseline, candidate: run.model.name, ...judge(before.speedup, after?.speedup ?? null) }];
  });
  const verdicts = [...runs, ...comparisons].map(({ verdict }) => verdict);
  return {
    originalExperimentId: original.id,
    verdict: (['outside', 'unknown'] as const).find((verdict) => verdicts.includes(verdict)) ?? 'inside',
    runs,
    comparisons,
    changes: changesOf(original.environment, repeat.environment),
  };
}

/**
 * A repeat differs from the original by the chance of both, so it is held against both intervals: log(repeat / original) may be
 * as large as the root of the sum of the squared half widths on the sides that face each other (prediction interval of a
 * replication, Spence & Stanley 2016). The original's interval alone would hold only 83 of 100 faithful repeats. Differences
 * below the smallest one of interest are never outside.
 */
export function judge(original: Interval | null, repeat: Interval | null): Judged {
  const unknown: Judged = { original, repeat, expected: null, verdict: 'unknown' };
  if (!original || !repeat) return unknown;
  if (original.ciLow === null || original.ciHigh === null || repeat.ciLow === null || repeat.ciHigh === null) {
    return unknown;
  }
  const upwards = Math.hypot(Math.log(original.ciHigh / original.estimate), Math.log(repeat.estimate / repeat.ciLow));
  const downwards = Math.hypot(Math.log(original.estimate / original.ciLow), Math.log(repeat.ciHigh / repeat.estimate));
  const smallest = Math.log(1 + SMALLEST_DIFFERENCE_OF_INTEREST);
  const expected = {
    low: original.estimate * Math.exp(-Math.max(downwards, smallest)),
    high: original.estimate * Math.exp(Math.max(upwards, smallest)),
  };
  const isInside = expected.low <= repeat.estimate && repeat.estimate <= expected.high;
  return { original, repeat, expected, verdict: isInside ? 'inside' : 'outside' };
}

function latencyOf({ status, latencyMs }: Run): Interval | null {
  if (status !== 'completed' || latencyMs === null) return null;
  return { estimate: latencyMs.median, ciLow: latencyMs.ciLow, ciHigh: latencyMs.ciHigh };
}

function comparisonOf({ comparisons }: Experiment, candidateRunId: string): Comparison | undefined {
  return comparisons.find((comparison) => comparison.candidateRunId === candidateRunId);
}

function changesOf(before: Environment, after: Environment): Reproduction['changes'] {
  const names = {
    whittleVersion: 'Whittle',
    onnxruntimeNodeVersion: 'ONNX Runtime',
    nodeVersion: 'Node.js',
    electronVersion: 'Electron',
  } as const;
  return (Object.keys(names) as (keyof typeof names)[]).flatMap((key) =>
    before[key] === after[key]
      ? []
      : [{ what: names[key], before: before[key] ?? 'none', after: after[key] ?? 'none' }],
  );
}
