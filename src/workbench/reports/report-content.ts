/** What a report is made of, and what every format derives from it before it writes a word. */
import type { Environment, Experiment } from '#shared/experiment.ts';
import type { Variant } from '#shared/model.ts';
import type { Quality } from '#shared/quality.ts';
import type { Run, SampleBlock } from '#shared/run.ts';
import { type Answer, answerOf } from './answer.ts';
import { datasetForComparison, qualityOf } from './match-quality.ts';
import { collectNotes, type Note } from './notes.ts';
import { isMeasured, type ReportRow } from './report-row.ts';

export type ReportContent = {
  title: string;
  createdAtMs: number;
  /** What makes the report; each experiment carries the environment that it was measured in. */
  environment: Environment;
  experiments: Experiment[];
  /** Of the measured files on the experiments' devices, newest first. */
  quality: Quality[];
  /** Those of the measured files that are still in the library. */
  variants: Variant[];
  blocksByRunId: ReadonlyMap<string, SampleBlock[]>;
};

export type ReportExperiment = {
  experiment: Experiment;
  /** One for each run, in the order of the plan. */
  rows: ReportRow[];
  /** One for each batch size, because times at different batch sizes answer different questions. */
  answers: Answer[];
  /** Every run that has no result to rely on. */
  unfinishedRows: ReportRow[];
  notes: Note[];
  /** The data that the rows' accuracy was measured on; null when none of them has any. */
  datasetId: string | null;
  /** Everything known of the quality of the measured files on this device. */
  quality: Quality[];
};

export function deriveExperiments(content: ReportContent): ReportExperiment[] {
  return content.experiments.map((experiment) => deriveExperiment(experiment, content));
}

function deriveExperiment(experiment: Experiment, content: ReportContent): ReportExperiment {
  const { runs, comparisons } = experiment;
  const hashes = new Set(runs.map((run) => run.model.sha256));
  const quality = [...hashes].flatMap((sha256) =>
    content.quality.filter(
      (item) => item.variantId === sha256 && item.deviceFingerprint === experiment.deviceFingerprint,
    ),
  );
  const datasetId = datasetForComparison(quality);
  const numberById = new Map(runs.map((run, index) => [run.id, index + 1]));
  const rows = runs.map((run, index): ReportRow => {
    const comparison = comparisons.find((item) => item.candidateRunId === run.id);
    const baselineNumber = comparison && numberById.get(comparison.baselineRunId);
    const row: ReportRow = {
      number: index + 1,
      run,
      blocks: content.blocksByRunId.get(run.id) ?? [],
      isBaseline: comparisons.some((item) => item.baselineRunId === run.id),
      comparison: comparison && baselineNumber !== undefined ? { ...comparison, baselineNumber } : null,
      quality: qualityOf(quality, { variantId: run.model.sha256, provider: run.provider, datasetId }),
    };
    return isMeasured(row) ? row : { ...row, comparison: null };
  });
  return {
    experiment,
    rows,
    answers: [...new Set(runs.map((run) => run.settings.batchSize))].map((batchSize) =>
      answerOf(
        rows.filter(({ run }) => run.settings.batchSize === batchSize),
        { batchSize, status: experiment.status },
      ),
    ),
    unfinishedRows: rows.filter(({ run }) => run.status !== 'completed'),
    notes: collectNotes(rows),
    datasetId,
    quality,
  };
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
