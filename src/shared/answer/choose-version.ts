/**
 * Which version to ship. The rule, in one place: of the versions that are not measurably less accurate than the first model
 * of the plan, the fastest; of those that cannot be told from the fastest, the smallest file. A version whose accuracy is
 * not known cannot win against one whose accuracy is.
 */
import type { Comparison } from '../run.ts';
import { compareBlocks } from '../statistics/compare-blocks.ts';
import { type AccuracyVerdict, compareAccuracy } from './match-quality.ts';
import { isCompleted, type MeasuredRow, type ResultRow } from './result-row.ts';

export type Compared = Pick<Comparison, 'speedup' | 'verdict' | 'pairCount'>;

/** A version beside the one that it is held against. */
export type Candidate = {
  row: MeasuredRow;
  /** Null when no round holds samples of both. */
  compared: Compared | null;
  accuracy: AccuracyVerdict;
};

export type Choice =
  | { kind: 'nothing-measured' }
  /** The first model of the plan gave no result, so there is nothing to compare with. */
  | { kind: 'no-reference'; fastest: MeasuredRow }
  | { kind: 'single'; row: MeasuredRow }
  /** Times differ, but too few rounds were measured to say whether that means anything. */
  | { kind: 'undecided'; reference: MeasuredRow; pairCount: number }
  | {
      kind: 'chosen';
      reference: MeasuredRow;
      /** The reference itself when nothing is better. */
      chosen: Candidate;
      /** Cannot be told from the chosen one by its speed; the chosen file is the smallest of them. */
      equallyFast: MeasuredRow[];
      /** Faster than the chosen one, but less accurate than the reference. */
      fasterButLessAccurate: Candidate | null;
      /** Left out because nothing is known of their accuracy while that of the reference is. */
      unknownAccuracy: MeasuredRow[];
      isAccuracyKnown: boolean;
    };

/** @param rows of one experiment and one batch size, in the order of the plan */
export function chooseVersion(rows: readonly ResultRow[]): Choice {
  const completed = rows.filter(isCompleted);
  const [first, ...others] = completed;
  if (first === undefined) return { kind: 'nothing-measured' };
  const reference = completed.find((row) => row.run.model.sha256 === rows[0]?.run.model.sha256);
  if (reference === undefined) return { kind: 'no-reference', fastest: fastestOf(completed) };
  if (others.length === 0) return { kind: 'single', row: first };

  const candidates = completed.map((row): Candidate => compareWith(reference, row));
  const isAccuracyKnown = reference.quality !== null;
  const unknownAccuracy = isAccuracyKnown
    ? candidates.filter(({ accuracy }) => accuracy.verdict === 'unknown').map(({ row }) => row)
    : [];
  const eligible = candidates.filter(
    ({ row, accuracy }) => accuracy.verdict !== 'worse' && !unknownAccuracy.includes(row),
  );
  const fastest = fastestOf(eligible.map(({ row }) => row));
  const rivals = eligible.filter(({ row }) => row !== fastest);
  const races = rivals.map(({ row }) => ({ row, compared: compareRows(fastest, row) }));
  if (races.length > 0 && races.every(({ compared }) => isUndecided(compared))) {
    return {
      kind: 'undecided',
      reference,
      pairCount: Math.max(...races.map(({ compared }) => compared?.pairCount ?? 0)),
    };
  }
  const equals = races.filter(({ compared }) => isSameSpeed(compared)).map(({ row }) => row);
  // Earlier in the plan wins among equal sizes, so that nothing is exchanged without a gain.
  const contenders = completed.filter((row) => row === fastest || equals.includes(row));
  const smallestBytes = Math.min(...contenders.map((row) => row.run.model.sizeBytes));
  const chosenRow = contenders.find((row) => row.run.model.sizeBytes === smallestBytes) as MeasuredRow;
  return {
    kind: 'chosen',
    reference,
    chosen: candidates.find(({ row }) => row === chosenRow) as Candidate,
    equallyFast: contenders.filter((row) => row !== chosenRow),
    fasterButLessAccurate: fasterButWorse(chosenRow, candidates),
    unknownAccuracy,
    isAccuracyKnown,
  };
}

export function compareRows(baseline: ResultRow, candidate: ResultRow): Compared | null {
  // Known already, from the same samples by the same function: what it takes is felt where there are dozens of runs.
  if (candidate.comparison?.baselineRunId === baseline.run.id) return candidate.comparison;
  return compareBlocks(baseline.blocks, candidate.blocks, {
    looks: candidate.looks ?? [],
    ...(candidate.smallestDifference === undefined ? {} : { smallestDifference: candidate.smallestDifference }),
  });
}

function compareWith(reference: MeasuredRow, row: MeasuredRow): Candidate {
  const accuracy =
    row === reference && row.quality !== null
      ? ({ verdict: 'indistinguishable', paired: null } as const)
      : compareAccuracy(
          { quality: reference.quality, sha256: reference.run.model.sha256 },
          { quality: row.quality, sha256: row.run.model.sha256 },
        );
  return { row, compared: row === reference ? null : compareRows(reference, row), accuracy };
}

function isUndecided(compared: Compared | null): boolean {
  return compared === null || compared.speedup.ciLow === null;
}

function isSameSpeed(compared: Compared | null): boolean {
  return compared !== null && compared.speedup.ciLow !== null && compared.verdict === 'indistinguishable';
}

function fasterButWorse(chosen: MeasuredRow, candidates: readonly Candidate[]): Candidate | null {
  const faster = candidates.filter(
    ({ row, accuracy }) => accuracy.verdict === 'worse' && compareRows(chosen, row)?.verdict === 'faster',
  );
  if (faster.length === 0) return null;
  const fastest = fastestOf(faster.map(({ row }) => row));
  return faster.find(({ row }) => row === fastest) ?? null;
}

function fastestOf(rows: readonly MeasuredRow[]): MeasuredRow {
  return rows.reduce((best, row) => (row.run.latencyMs.median < best.run.latencyMs.median ? row : best));
}
