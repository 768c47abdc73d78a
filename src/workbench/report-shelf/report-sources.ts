/** Everything a report is made from: what was measured, and what of it is known. */
import type { Environment, Experiment } from '#shared/experiment.ts';
import type { Variant } from '#shared/model.ts';
import type { Quality } from '#shared/quality.ts';
import type { ReportFormat } from '#shared/report.ts';
import type { SampleBlock } from '#shared/run.ts';
import type { ExperimentBook } from '../experiments/experiment-book.ts';
import type { Store } from '../store/store.ts';

export type ReportSources = {
  title: string;
  createdAtMs: number;
  /** What makes the report; each experiment carries the environment that it was measured in. */
  environment: Environment;
  experiments: Experiment[];
  /** Of the measured files on the experiments' devices, newest first. */
  quality: Quality[];
  /** Those of the measured files that are still in the library. */
  variants: Variant[];
  blocksByRunId: Map<string, SampleBlock[]>;
};

/** @param format every format but `pdf`, which is the printed HTML */
export type RenderReport = (format: Exclude<ReportFormat, 'pdf'>, sources: ReportSources) => string;

/** @param ids of experiments or runs */
export function collectReportSources(
  dependencies: { store: Store; book: ExperimentBook; environment: Environment },
  ids: readonly string[],
  about: { title: string | undefined; createdAtMs: number },
): ReportSources {
  const { store, book, environment } = dependencies;
  const experiments = book.resolveIds(ids).map((id) => book.get(id));
  const hashes = [...new Set(experiments.flatMap((experiment) => experiment.runs.map((run) => run.model.sha256)))];
  const fingerprints = new Set(experiments.map((experiment) => experiment.deviceFingerprint));
  const runIds = experiments.flatMap((experiment) => experiment.runs.map((run) => run.id));
  return {
    title:
      about.title ??
      experiments
        .map((experiment) => experiment.name)
        .join(', ')
        .slice(0, 160),
    createdAtMs: about.createdAtMs,
    environment,
    experiments,
    quality: store.quality.listNewest(hashes).filter((quality) => fingerprints.has(quality.deviceFingerprint)),
    variants: hashes.flatMap((id) => store.models.getVariant(id) ?? []),
    blocksByRunId: new Map(runIds.map((id) => [id, store.runs.blocks(id)])),
  };
}
