/** What a version costs in accuracy, in the words of the answer. */
import { datasetText, evaluatedDataText } from '../text/case-text.ts';
import { fidelityWords } from '../text/fidelity-text.ts';
import { quoteName } from '../text/name-text.ts';
import { countText, pointsText, shareIntervalText, shareText } from '../text/number-text.ts';
import type { Candidate, Choice } from './choose-version.ts';
import type { MeasuredRow } from './result-row.ts';

type Chosen = Extract<Choice, { kind: 'chosen' }>;

/** Whether what was chosen is the model of the reference, in another way or in another place, with outputs that were found to be the same. */
export function isSameFile({ chosen: { row }, reference }: Chosen): boolean {
  if (row.run.model.sha256 !== reference.run.model.sha256) return false;
  return row.run.provider === reference.run.provider || row.run.parity?.passed === true;
}

/** Ends the headline. */
export function accuracyCost(choice: Chosen): string {
  const { chosen, isAccuracyKnown } = choice;
  if (isAccuracyKnown) {
    switch (chosen.accuracy.verdict) {
      case 'better':
        return 'its accuracy is higher';
      case 'indistinguishable':
        return 'no loss of accuracy was found';
      case 'worse':
        return 'it is less accurate';
      case 'unknown':
        return 'its accuracy was not measured';
    }
  }
  if (isSameFile(choice)) return 'it is the same file';
  const fidelity = chosen.row.fidelity?.fidelity;
  if (!fidelity) return 'what it costs in accuracy was not measured';
  return fidelity.sqnrDb === null
    ? 'its accuracy was not measured, but its outputs were identical'
    : `of its accuracy only the likeness of its outputs is known (${fidelityWords(fidelity)})`;
}

export function accuracyEvidence({ row, accuracy }: Candidate, reference: MeasuredRow): string[] {
  const { quality } = row;
  const top1 = quality?.metrics.top1;
  const referenceQuality = reference.quality;
  const referenceTop1 = referenceQuality?.metrics.top1;
  if (!quality || !top1 || !referenceQuality || !referenceTop1) {
    return [...accuracyOfText(row), ...fidelityEvidence(row, reference)];
  }
  const both = `Top-1 accuracy on ${evaluatedDataText(quality)}: ${shareText(top1.value, quality.itemCount)}, instead of ${shareText(referenceTop1.value, referenceQuality.itemCount)}`;
  const { paired } = accuracy;
  if (paired === null) {
    const counts = [quality, referenceQuality].map(({ itemCount }) => countText(itemCount, 'item'));
    const items = counts[0] === counts[1] ? `on ${counts[0]} each` : `on ${counts[0]} and on ${counts[1]}`;
    return [`${both} (${items}); the two were not compared item by item.`];
  }
  const interval = `${pointsText(paired.difference)} points, 95 % interval ${pointsText(paired.ciLow)} to ${pointsText(paired.ciHigh)}, on the same ${countText(quality.itemCount, 'item')}`;
  return [
    paired.verdict === 'indistinguishable'
      ? `${both}; the difference lies inside the noise (${interval}).`
      : `${both}: ${paired.verdict} (${interval}).`,
  ];
}

export function accuracyOfText({ quality }: MeasuredRow): string[] {
  const top1 = quality?.metrics.top1;
  if (!quality || !top1) return [];
  return [
    `Top-1 accuracy on ${evaluatedDataText(quality)}: ${shareText(top1.value, quality.itemCount)} (95 % interval ${shareIntervalText(top1, quality.itemCount)}, ${countText(quality.itemCount, 'item')}).`,
  ];
}

function fidelityEvidence({ fidelity: found }: MeasuredRow, reference: MeasuredRow): string[] {
  if (!found?.fidelity) return [];
  const { sqnrDb } = found.fidelity;
  const noise = sqnrDb === null ? 'identical' : `signal to noise ${sqnrDb.toFixed(1)} dB`;
  return [
    `Outputs beside those of ${quoteName(reference.run.model.name)} on ${countText(found.itemCount, 'item')} of ${datasetText(found.datasetId)}: ${fidelityWords(found.fidelity)}, ${noise}.`,
  ];
}

/** What limits the answer because accuracy is not known. */
export function accuracyCaveats(choice: Chosen): string[] {
  const { chosen, reference, isAccuracyKnown } = choice;
  if (isAccuracyKnown || (chosen.row !== reference && isSameFile(choice))) return [];
  if (chosen.row === reference) {
    return ['Accuracy is not known here, so this speaks of speed and size alone.'];
  }
  const found = chosen.row.fidelity;
  if (!found) {
    return [
      'Accuracy is not known here, so this speaks of speed and size alone. Evaluate the versions before you ship one.',
    ];
  }
  return [
    found.datasetId === 'generated'
      ? 'Generated inputs are not like real ones, on which the outputs may differ less, or much more. Evaluate the versions on labelled data, or on inputs of your own, before you ship one.'
      : 'Outputs that stay close are a sign, and no accuracy. Evaluate the versions on labelled data before you ship one.',
  ];
}
