/** What a report is made of, and what every format derives from it before it writes a word. */
import type { AlignedOperators } from '#shared/align-operators.ts';
import type { Environment, Experiment } from '#shared/experiment.ts';
import type { LatencyBound } from '#shared/latency-bound.ts';
import type { Variant } from '#shared/model.ts';
import type { DividedTime } from '#shared/operator-profile.ts';
import type { Quality } from '#shared/quality.ts';
import type { Reproduction } from '#shared/reproduction.ts';
import type { Run, SampleBlock } from '#shared/run.ts';
import type { RunDetails } from '#shared/run-record.ts';
import { deriveResults, type ExperimentResults } from '#shared/answer/derive-results.ts';

export type ReportContent = {
  title: string;
  createdAtMs: number;
  /** Instead of the bounds of the plans; null for none. */
  latencyBound?: LatencyBound | null | undefined;
  /** What makes the report; each experiment carries the environment that it was measured in. */
  environment: Environment;
  experiments: Experiment[];
  /** Of the measured files on the experiments' devices, newest first. */
  quality: Quality[];
  /** The measured files, what they were made of and held against; those that are still in the library. */
  variants: Variant[];
  blocksByRunId: ReadonlyMap<string, SampleBlock[]>;
  /** Of the runs that were profiled. */
  operatorsByRunId?: ReadonlyMap<string, DividedTime>;
  /** The same of runs beside their baselines. */
  alignedByRunId?: ReadonlyMap<string, AlignedOperators>;
  detailsByRunId?: ReadonlyMap<string, RunDetails>;
  /** Of the experiments that measured another one again, where that is still here; by their own id. */
  reproductionsById?: ReadonlyMap<string, Reproduction>;
};

export function deriveAllResults(content: ReportContent): ExperimentResults[] {
  return content.experiments.map((experiment) => deriveResults(experiment, content));
}

/** The files that were measured, each once, in the order of the experiments. */
export function filesOf({ experiments }: ReportContent): Run['model'][] {
  const runs = experiments.flatMap((experiment) => experiment.runs);
  return runs
    .map((run) => run.model)
    .filter((model, index) => runs.findIndex((other) => other.model.sha256 === model.sha256) === index);
}

/** Names of all files that the report may speak of, by hash. */
export function fileNamesOf(content: ReportContent): Map<string, string> {
  return new Map([
    ...content.variants.map((variant) => [variant.id, variant.name] as const),
    ...filesOf(content).map((file) => [file.sha256, file.name] as const),
  ]);
}
