/** Gathers what a report is made from: what was measured, and what of it is known. */
import type { Environment } from '#shared/experiment.ts';
import type { LatencyBound } from '#shared/latency-bound.ts';
import { compareReproduction } from '#shared/reproduction.ts';
import type { ExperimentBook } from '../experiments/experiment-book.ts';
import type { ReportContent } from '../reports/report-content.ts';
import type { Store } from '../store/store.ts';

/** @param ids of experiments or runs */
export function collectReportContent(
  dependencies: { store: Store; book: ExperimentBook; environment: Environment },
  ids: readonly string[],
  about: { title: string | undefined; createdAtMs: number; latencyBound: LatencyBound | null | undefined },
): ReportContent {
  const { store, book, environment } = dependencies;
  const experiments = book.resolveIds(ids).map((id) => book.get(id));
  const hashes = [...new Set(experiments.flatMap((experiment) => experiment.runs.map((run) => run.model.sha256)))];
  const fingerprints = new Set(experiments.map((experiment) => experiment.deviceFingerprint));
  const quality = store.quality.listBest(hashes).filter((item) => fingerprints.has(item.deviceFingerprint));
  const measured = hashes.flatMap((id) => store.models.getVariant(id) ?? []);
  const related = new Set([
    ...measured.flatMap(({ parentId }) => parentId ?? []),
    ...quality.flatMap(({ referenceId }) => referenceId ?? []),
  ]);
  for (const id of hashes) related.delete(id);
  const runIds = experiments.flatMap((experiment) => experiment.runs.map((run) => run.id));
  return {
    title:
      about.title ??
      experiments
        .map((experiment) => experiment.name)
        .join(', ')
        .slice(0, 160),
    createdAtMs: about.createdAtMs,
    latencyBound: about.latencyBound,
    environment,
    experiments,
    quality,
    variants: [...measured, ...[...related].flatMap((id) => store.models.getVariant(id) ?? [])],
    blocksByRunId: new Map(runIds.map((id) => [id, store.runs.blocks(id)])),
    detailsByRunId: new Map(runIds.map((id) => [id, book.record(id)])),
    reproductionsById: new Map(
      experiments.flatMap((experiment) => {
        const { reproduces } = experiment.plan;
        if (reproduces === undefined || store.experiments.get(reproduces) === null) return [];
        return [[experiment.id, compareReproduction(book.get(reproduces), experiment)] as const];
      }),
    ),
    alignedByRunId: new Map(
      runIds.flatMap((id) => {
        const aligned = book.aligned(id);
        return aligned === null ? [] : [[id, aligned] as const];
      }),
    ),
    operatorsByRunId: new Map(
      runIds.flatMap((id) => {
        const operators = book.operators(id);
        return operators === null ? [] : [[id, operators] as const];
      }),
    ),
  };
}
