import { formatCount } from '#shared/format.ts';
import type { Fidelity } from '#shared/model.ts';
import type { Quality } from '#shared/quality.ts';
import { evaluatedDataText } from '#shared/text/case-text.ts';
import { agreementText, cosineText } from '#shared/text/fidelity-text.ts';
import { NOT_KNOWN, pointsText, pValueText, shareIntervalText, shareText } from '#shared/text/number-text.ts';
import { nameOf, numberCell, table } from './elements.ts';
import { html, type Html, type HtmlValue } from './template.ts';

/** @param names of files by hash */
export function qualityTables(quality: readonly Quality[], names: ReadonlyMap<string, string>): Html {
  if (quality.length === 0) {
    return html`<p>
      Neither accuracy nor fidelity was measured for these files on this device. Evaluate them on labelled data to learn
      what the compression costs.
    </p> `;
  }
  const labelled = quality.filter(({ metrics }) => metrics.top1 !== undefined);
  const withFidelity = quality.filter(({ fidelity }) => fidelity !== null);
  return html`${labelled.length === 0 ? null : accuracyTable(labelled, names)}${withFidelity.length === 0 ? null : fidelityTable(withFidelity, names)}`;
}

function accuracyTable(quality: readonly Quality[], names: ReadonlyMap<string, string>): Html {
  return table({
    caption: 'Accuracy with its 95 % interval, and the difference to the reference on the same items.',
    columns: [
      { title: 'Model' },
      { title: 'Data' },
      { title: 'Top-1', isNumber: true },
      { title: 'Top-5', isNumber: true },
      { title: 'Difference', detail: 'points', isNumber: true },
      { title: 'Only one right', detail: 'reference : this', isNumber: true },
      { title: 'p', isNumber: true },
      { title: 'Verdict' },
    ],
    rows: quality.map(
      (item) =>
        html`<tr>
          ${modelHeader(item, names)}
          ${dataCell(item)}${proportionCell(item, 'top1')}${proportionCell(item, 'top5')}${pairedCells(item, names)}
        </tr> `,
    ),
  });
}

function fidelityTable(quality: readonly Quality[], names: ReadonlyMap<string, string>): Html {
  return table({
    caption:
      'Fidelity: how close the outputs are to those of the reference on the same inputs, whatever the labels say.',
    columns: [
      { title: 'Model' },
      { title: 'Data' },
      { title: 'Cosine', isNumber: true },
      { title: 'Signal to noise', detail: 'dB', isNumber: true },
      { title: 'Divergence', detail: 'nats', isNumber: true },
      { title: 'Same top-1', isNumber: true },
      { title: 'Largest error', isNumber: true },
    ],
    rows: quality.map(
      (item) =>
        html`<tr>
          ${modelHeader(item, names)} ${dataCell(item)}${item.fidelity === null ? null : fidelityCells(item.fidelity)}
        </tr> `,
    ),
  });
}

function modelHeader({ variantId, provider, referenceId }: Quality, names: ReadonlyMap<string, string>): Html {
  return html`<th scope="row" class="name">
    ${nameOf(names.get(variantId) ?? variantId.slice(0, 12))}<span class="detail wraps"
      >${provider}${referenceId === null ? null : html`, against ${referenceName(referenceId, names)}`}</span
    >
  </th>`;
}

function referenceName(referenceId: string, names: ReadonlyMap<string, string>): HtmlValue {
  const name = names.get(referenceId);
  return name === undefined ? html`<code>${referenceId.slice(0, 12)}</code>` : html`<bdi>${name}</bdi>`;
}

function dataCell(quality: Quality): Html {
  return html`<td>
    ${evaluatedDataText(quality)}<span class="detail">${formatCount(quality.itemCount)} items</span>
  </td>`;
}

function proportionCell({ metrics, itemCount }: Quality, metric: 'top1' | 'top5'): Html {
  const proportion = metrics[metric];
  if (proportion === undefined) return numberCell(NOT_KNOWN);
  return numberCell(shareText(proportion.value, itemCount), shareIntervalText(proportion, itemCount));
}

function pairedCells({ paired, referenceId }: Quality, names: ReadonlyMap<string, string>): Html {
  if (paired === null || referenceId === null) {
    return html`${numberCell(NOT_KNOWN)}${numberCell(NOT_KNOWN)}${numberCell(NOT_KNOWN)}
      <td class="muted">
        ${referenceId === null ? 'reference' : `not compared with ${names.get(referenceId) ?? 'it'}`}
      </td>`;
  }
  const className = { better: 'good', worse: 'bad', indistinguishable: 'muted' }[paired.verdict];
  return html`${numberCell(pointsText(paired.difference), `${pointsText(paired.ciLow)} to ${pointsText(paired.ciHigh)}`)}${numberCell(`${formatCount(paired.onlyReferenceCorrect)} : ${formatCount(paired.onlyCandidateCorrect)}`)}${numberCell(pValueText(paired.pValue))}
    <td class="${className}">${paired.verdict}</td>`;
}

function fidelityCells(fidelity: Fidelity): Html {
  const { cosine, sqnrDb, klDivergence, top1Agreement, maxAbsoluteError, itemCount } = fidelity;
  return html`${numberCell(cosineText(cosine))}${numberCell(sqnrDb === null ? 'identical' : sqnrDb.toFixed(1))}${numberCell(formatCount(klDivergence))}${numberCell(top1Agreement === null ? NOT_KNOWN : agreementText(top1Agreement, itemCount))}${numberCell(formatCount(maxAbsoluteError))}`;
}
