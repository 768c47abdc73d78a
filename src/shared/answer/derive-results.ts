/** What an experiment says: its rows in the order of the plan, the answers, and what speaks against trusting them. */
import type { Experiment } from '../experiment.ts';
import type { Quality } from '../quality.ts';
import type { SampleBlock } from '../run.ts';
import type { RunDetails } from '../run-record.ts';
import type { LatencyBound } from '../latency-bound.ts';
import { deriveSweeps, type Sweep } from '../sweet-spot/derive-sweeps.ts';
import { type Answer, answerOf } from './answer.ts';
import { datasetForComparison, fidelityOf, qualityOf } from './match-quality.ts';
import { fewRoundsNote } from './few-rounds.ts';
import { collectNotes, type Note } from './notes.ts';
import { isMeasured, type ResultRow } from './result-row.ts';

export type ExperimentResults = {
  experiment: Experiment;
  /** One for each run, in the order of the plan. */
  rows: ResultRow[];
  /** One for each batch size, because times at different batch sizes answer different questions. */
  answers: Answer[];
  /** What calls are held against; null for nothing. */
  latencyBound: LatencyBound | null;
  /** The sweet spot of each model on each provider, where it was measured in several ways or has a bound to hold. */
  sweeps: Sweep[];
  /** Every run that has no result to rely on. */
  unfinishedRows: ResultRow[];
  notes: Note[];
  /** The data that the rows' accuracy was measured on; null when none of them has any. */
  datasetId: string | null;
  /** Everything known of the quality of the measured files on this device, in the order of the runs; of one file and provider newest first. */
  quality: Quality[];
};

/**
 * @param known.quality newest first; what concerns other files or devices is left out
 * @param known.detailsByRunId of runs that were used without a pause, for the notes on that
 * @param known.latencyBound to hold instead of the plan's; null for none
 */
export function deriveResults(
  experiment: Experiment,
  known: {
    quality: readonly Quality[];
    blocksByRunId: ReadonlyMap<string, SampleBlock[]>;
    detailsByRunId?: ReadonlyMap<string, RunDetails> | undefined;
    latencyBound?: LatencyBound | null | undefined;
  },
): ExperimentResults {
  const { runs, comparisons } = experiment;
  const latencyBound = known.latencyBound === undefined ? (experiment.plan.latencyBound ?? null) : known.latencyBound;
  const hashes = new Set(runs.map((run) => run.model.sha256));
  const providers = new Set<string>([
    ...runs.map(({ provider }) => provider),
    ...known.quality.map(({ provider }) => provider),
  ]);
  const quality = [...hashes].flatMap((sha256) =>
    [...providers].flatMap((provider) =>
      known.quality.filter(
        (item) =>
          item.variantId === sha256 &&
          item.provider === provider &&
          item.deviceFingerprint === experiment.deviceFingerprint,
      ),
    ),
  );
  const datasetId = datasetForComparison(quality);
  const numberById = new Map(runs.map((run, index) => [run.id, index + 1]));
  const rows = runs.map((run, index): ResultRow => {
    const comparison = comparisons.find((item) => item.candidateRunId === run.id);
    const baselineNumber = comparison && numberById.get(comparison.baselineRunId);
    const row: ResultRow = {
      number: index + 1,
      run,
      blocks: known.blocksByRunId.get(run.id) ?? [],
      looks: experiment.looks ?? [],
      smallestDifference: experiment.plan.smallestDifference,
      isBaseline: comparisons.some((item) => item.baselineRunId === run.id),
      comparison: comparison && baselineNumber !== undefined ? { ...comparison, baselineNumber } : null,
      quality: qualityOf(quality, { variantId: run.model.sha256, provider: run.provider, datasetId }),
      fidelity: fidelityOf(quality, {
        variantId: run.model.sha256,
        provider: run.provider,
        referenceId: runs[0]?.model.sha256,
      }),
    };
    return isMeasured(row) ? row : { ...row, comparison: null };
  });
  const fewRounds = fewRoundsNote(rows, experiment);
  return {
    experiment,
    rows,
    answers: [...new Set(runs.map((run) => run.settings.batchSize))].map((batchSize) =>
      answerOf(
        rows.filter(({ run }) => run.settings.batchSize === batchSize),
        { batchSize, status: experiment.status },
      ),
    ),
    latencyBound,
    sweeps: deriveSweeps(rows, { bound: latencyBound, device: experiment.device }),
    unfinishedRows: rows.filter(({ run }) => run.status !== 'completed'),
    notes: [...collectNotes(rows, known.detailsByRunId), ...(fewRounds === null ? [] : [fewRounds])],
    datasetId,
    quality,
  };
}
