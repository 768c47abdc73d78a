/** The answer to “Which version should I ship on this machine, and what does it cost me?”, in words. */
import type { ExperimentSummary } from '../experiment.ts';
import { formatBytes, formatSpeedup } from '../format.ts';
import { conditionText } from '../text/case-text.ts';
import { accuracyCaveats, accuracyCost, accuracyEvidence, accuracyOfText, isSameFile } from './accuracy-text.ts';
import { type Candidate, type Choice, chooseVersion } from './choose-version.ts';
import { namedInterval } from '../text/confidence-text.ts';
import { quoteName } from '../text/name-text.ts';
import {
  countText,
  msIntervalText,
  msText,
  pointsText,
  shareText,
  sizeChangeText,
  speedupIntervalText,
} from '../text/number-text.ts';
import type { MeasuredRow, ResultRow } from './result-row.ts';

export const QUESTION = 'Which version should I ship on this machine, and what does it cost me?';

export type Answer = {
  batchSize: number;
  /** One sentence. */
  headline: string;
  /** Sentences with the numbers behind it. */
  evidence: string[];
  /** Sentences that limit it. */
  caveats: string[];
};

type Chosen = Extract<Choice, { kind: 'chosen' }>;

/** So many versions are named that are as fast; one more is named too, since a rest of one takes as much room. */
const MOST_EQUALS = 3;
/** Beyond it, from the lowest to the highest, an interval is the message and no single number. */
const WIDEST_INTERVAL = 1.25;

/** @param rows of one experiment and one batch size, in the order of the plan */
export function answerOf(
  rows: readonly ResultRow[],
  about: { batchSize: number; status: ExperimentSummary['status'] },
): Answer {
  const { batchSize } = about;
  const choice = chooseVersion(rows);
  switch (choice.kind) {
    case 'nothing-measured':
      return { batchSize, headline: nothingMeasuredText(rows, about.status), evidence: [], caveats: [] };
    case 'no-reference':
      return {
        batchSize,
        headline: `There is no answer: the first model of the plan, ${quoteName(rows[0]?.run.model.name ?? '')}, could not be measured, so nothing can be held against it.`,
        evidence: [`Of what was measured, ${whatText(choice.fastest)} was the fastest: ${medianText(choice.fastest)}.`],
        caveats: caveatsOf(rows, [choice.fastest]),
      };
    case 'single':
      return {
        batchSize,
        headline: `${capitalize(whatText(choice.row))} takes ${msText(choice.row.run.latencyMs.median)} ms per run. Nothing was measured beside it.`,
        evidence: [`Latency: ${medianText(choice.row)}.`, ...accuracyOfText(choice.row), ...memoryText(choice.row)],
        caveats: caveatsOf(rows, [choice.row]),
      };
    case 'undecided':
      return {
        batchSize,
        headline: `There is no answer yet: ${choice.pairCount === 0 ? 'the versions were not measured in the same rounds' : `${countText(choice.pairCount, 'shared round')} cannot tell the versions apart`}.`,
        evidence: ['At least six rounds are needed before a difference can be told from noise. Measure longer.'],
        caveats: caveatsOf(rows, []),
      };
    case 'chosen':
      return { batchSize, ...chosenText(choice), caveats: chosenCaveats(choice, rows) };
  }
}

function nothingMeasuredText(rows: readonly ResultRow[], status: ExperimentSummary['status']): string {
  const error = rows.find(({ run }) => run.error !== null)?.run.error;
  if (status === 'cancelled') return 'There is no answer: the experiment was cancelled before a run was complete.';
  if (status === 'running' || status === 'pending') {
    return 'There is no answer yet: the experiment is still being measured.';
  }
  if (status === 'interrupted') {
    return 'There is no answer: the experiment was interrupted before a run was complete. It can be resumed.';
  }
  return `There is no answer: nothing could be measured.${error ? ` ${error.message}` : ''}`;
}

function chosenText(choice: Chosen): Pick<Answer, 'headline' | 'evidence'> {
  const { reference, chosen } = choice;
  if (chosen.row === reference) return keepText(choice);
  const gains = [speedGain(chosen), sizeGain(chosen.row, reference)].filter((text) => text !== null);
  return {
    // What changes the outputs is not to be shipped on its speed alone.
    headline: `${choice.isAccuracyKnown || isSameFile(choice) ? 'Ship' : 'Try'} ${whatText(chosen.row)}: ${gains.join(' and ')} compared with ${whatText(reference)}; ${accuracyCost(choice)}.`,
    evidence: [
      speedEvidence(chosen, reference),
      ...accuracyEvidence(chosen, reference),
      `Size: ${formatBytes(chosen.row.run.model.sizeBytes)}, ${sizeChangeText(chosen.row.run.model.sizeBytes, reference.run.model.sizeBytes)} ${sizeJoin(chosen.row, reference)} ${formatBytes(reference.run.model.sizeBytes)}.`,
      ...memoryText(chosen.row, reference),
      ...equallyFastText(choice),
      ...fasterText(choice),
    ],
  };
}

function keepText(choice: Chosen): Pick<Answer, 'headline' | 'evidence'> {
  const { reference, fasterButLessAccurate } = choice;
  const headline =
    fasterButLessAccurate === null
      ? `Keep ${whatText(reference)}: no other version was measurably faster, or as fast and smaller.`
      : `Keep ${whatText(reference)}: what is faster is less accurate.`;
  return {
    headline,
    evidence: [
      `Latency: ${medianText(reference)}.`,
      ...accuracyOfText(reference),
      ...memoryText(reference),
      ...equallyFastText(choice),
      ...fasterText(choice),
    ],
  };
}

function speedGain({ compared }: Candidate): string {
  if (compared === null) return 'not measured side by side';
  if (compared.verdict === 'indistinguishable') return 'as fast as far as can be told';
  const { ciLow, ciHigh } = compared.speedup;
  const isWide = ciLow !== null && ciHigh !== null && ciHigh / ciLow > WIDEST_INTERVAL;
  return isWide ? `${speedupIntervalText(compared)} ${compared.verdict}` : formatSpeedup(compared);
}

function sizeGain(row: MeasuredRow, reference: MeasuredRow): string | null {
  const text = sizeChangeText(row.run.model.sizeBytes, reference.run.model.sizeBytes);
  return text === 'the same size' ? null : text;
}

function sizeJoin(row: MeasuredRow, reference: MeasuredRow): string {
  return sizeGain(row, reference) === null ? 'as' : 'than';
}

function speedEvidence({ row, compared }: Candidate, reference: MeasuredRow): string {
  const times = `Latency: ${medianText(row)}, instead of ${medianText(reference)}`;
  if (compared === null) return `${times}.`;
  const interval = speedupIntervalText(compared);
  const rounds = `from ${countText(compared.pairCount, 'paired round')}`;
  if (interval === null)
    return `${times}; ${countText(compared.pairCount, 'paired round')} are too few to compare them.`;
  return compared.verdict === 'indistinguishable'
    ? `${times}; the difference lies inside the noise (speed ratio ${interval}, ${rounds}).`
    : `${times}: ${formatSpeedup(compared)} (${namedInterval(compared.speedup.confidence, interval)}, ${rounds}).`;
}

function memoryText({ run }: MeasuredRow, reference?: MeasuredRow): string[] {
  const { peakBytes } = run.memory;
  if (peakBytes === null) return [];
  const referenceBytes = reference?.run.memory.peakBytes ?? null;
  const instead = referenceBytes === null ? '' : `, instead of ${formatBytes(referenceBytes)}`;
  return [`Peak memory of its process: ${formatBytes(peakBytes)}${instead}.`];
}

function equallyFastText({ equallyFast, chosen }: Chosen): string[] {
  if (equallyFast.length === 0) return [];
  const named = equallyFast.length <= MOST_EQUALS + 1 ? equallyFast : equallyFast.slice(0, MOST_EQUALS);
  const rest = equallyFast.length - named.length;
  const names = [...named.map(whatText), ...(rest === 0 ? [] : [`and ${rest} others`])].join(', ');
  const isSmallest = equallyFast.every((row) => row.run.model.sizeBytes > chosen.row.run.model.sizeBytes);
  const reason = isSmallest ? 'the chosen file is the smallest of them' : 'the chosen one comes first in the plan';
  return [`As fast as far as can be told: ${names}; ${reason}.`];
}

function fasterText({ fasterButLessAccurate, reference }: Chosen): string[] {
  if (fasterButLessAccurate === null) return [];
  const { row, compared, accuracy } = fasterButLessAccurate;
  const speed =
    compared === null || compared.verdict !== 'faster'
      ? 'faster'
      : `${formatSpeedup(compared)} than ${whatText(reference)}`;
  const top1 = row.quality?.metrics.top1;
  const cost =
    accuracy.paired === null
      ? `its top-1 accuracy is only ${top1 && row.quality ? shareText(top1.value, row.quality.itemCount) : 'lower'}`
      : `it costs ${Math.abs(accuracy.paired.difference * 100).toFixed(2)} points of top-1 accuracy (95 % interval ${pointsText(accuracy.paired.ciLow)} to ${pointsText(accuracy.paired.ciHigh)})`;
  return [`Faster at a price: ${whatText(row)} is ${speed}, but ${cost}.`];
}

function chosenCaveats(choice: Chosen, rows: readonly ResultRow[]): string[] {
  const { chosen, reference, unknownAccuracy } = choice;
  return [
    ...(isOneFile(rows) ? [] : accuracyCaveats(choice)),
    ...(unknownAccuracy.length === 0
      ? []
      : [`Left out, because their accuracy there is not known: ${unknownAccuracy.map(whatText).join(', ')}.`]),
    ...caveatsOf(rows, chosen.row === reference ? [reference] : [chosen.row, reference]),
  ];
}

/** Measured in several ways on one provider: whatever its accuracy is, no way of running it changes that. */
function isOneFile(rows: readonly ResultRow[]): boolean {
  return new Set(rows.map(({ run }) => `${run.model.sha256} ${run.provider}`)).size === 1;
}

function caveatsOf(rows: readonly ResultRow[], relevant: readonly MeasuredRow[]): string[] {
  const unstable = relevant.filter(({ run }) => run.stability?.verdict === 'unstable');
  const unfinished = rows.filter(({ run }) => run.status !== 'completed');
  return [
    ...(unstable.length === 0
      ? []
      : [`The times of ${unstable.map(whatText).join(' and of ')} are unstable: see the notes on the runs.`]),
    ...(unfinished.length === 0
      ? []
      : [
          `${unfinished.length} of ${countText(rows.length, 'run')} gave no complete result and could not be considered.`,
        ]),
  ];
}

function medianText({ run }: MeasuredRow): string {
  const { median, ciLow, ciHigh, confidence } = run.latencyMs;
  const interval = msIntervalText(ciLow, ciHigh);
  return `${msText(median)} ms${interval === null ? '' : ` (${namedInterval(confidence, `${interval} ms`)})`}`;
}

/** `“fashion-resnet” on node:cpu`. */
function whatText({ run }: ResultRow): string {
  return `${quoteName(run.model.name)} on ${conditionText(run)}`;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
