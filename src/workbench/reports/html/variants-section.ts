import { formatBytes, formatCount, formatDuration, formatShortCount } from '#shared/format.ts';
import type { Finding, Variant } from '#shared/model.ts';
import { datasetText } from '#shared/text/case-text.ts';
import { bySeverity, CHECKS_METHOD, subjectsText } from '#shared/text/finding-text.ts';
import { fidelityText } from '../fidelity-text.ts';
import { utcText } from '#shared/text/number-text.ts';
import { fileNamesOf, filesOf, type ReportContent } from '../report-content.ts';
import { facts, heading, list, nameOf } from './elements.ts';
import { html, type Html, type HtmlValue } from './template.ts';

/** Every measured file, and what the library still knows of it. */
export function fileSections(content: ReportContent, level: number): Html[] {
  const known = new Map(content.variants.map((variant) => [variant.id, variant]));
  const names = fileNamesOf(content);
  return filesOf(content).map((file) => {
    const variant = known.get(file.sha256);
    return html`<section class="file">
      ${heading(level, nameOf(file.name))}${facts([
        ['SHA-256', html`<code>${file.sha256}</code>`],
        ['Size', `${formatBytes(file.sizeBytes)} (${formatCount(file.sizeBytes)} bytes)`],
        ...(variant ? variantFacts(variant, names) : []),
      ])}${variant ? variantStory(variant) : html`<p class="muted">The library that made this report no longer holds this file, so its recipe is not known here.</p>`}
    </section> `;
  });
}

function variantFacts(variant: Variant, names: ReadonlyMap<string, string>): [string, HtmlValue][] {
  const { inspection, parentId, fidelity } = variant;
  return [
    [
      'Made from',
      parentId === null
        ? 'nothing: this is the original'
        : html`<bdi>${names.get(parentId) ?? 'a file that is not in this report'}</bdi>
            <code>${parentId.slice(0, 12)}…</code>`,
    ],
    ['Added', utcText(variant.createdAtMs)],
    ['Parameters', formatShortCount(inspection.parameterCount)],
    [
      'Multiply-accumulates',
      inspection.macs === null ? 'not known' : `${formatShortCount(inspection.macs)} at batch 1`,
    ],
    [
      'Opsets',
      Object.entries(inspection.opsets)
        .map(([domain, version]) => `${domain} ${version}`)
        .join(', '),
    ],
    [
      'Weights',
      Object.entries(inspection.bytesByDtype)
        .map(([dtype, bytes]) => `${dtype} ${formatBytes(bytes)}`)
        .join(', '),
    ],
    ...(fidelity === null
      ? []
      : [
          [
            'Fidelity to its parent',
            `${fidelityText(fidelity)} (${formatCount(fidelity.itemCount)} items of ${datasetText(fidelity.inputs)})`,
          ] as [string, HtmlValue],
        ]),
  ];
}

function variantStory({ recipe, steps, checks }: Variant): Html | null {
  if (recipe === null) return null;
  return html`<p>Recipe:</p>
    <pre><code>${JSON.stringify(recipe, null, 2)}</code></pre>
    ${steps.length === 0 ? null : html`<p>What the passes did:</p>`}${list(
      steps.map(
        ({ pass, durationMs, summary, findings }) =>
          html`<code>${pass}</code> (${formatDuration(durationMs)}): ${summary}${findingList(findings)}`,
      ),
    )}${
      checks.length === 0
        ? null
        : html`<p>What ONNX Runtime makes of it. <span class="muted">${CHECKS_METHOD}</span></p>
            ${findingList(checks)}`
    }`;
}

function findingList(findings: readonly Finding[]): Html | null {
  return list(
    bySeverity(findings).map(
      (finding) =>
        html`<span class="${finding.severity === 'warning' ? 'doubt' : 'muted'}"
            >${finding.severity === 'warning' ? 'Warning' : 'Note'}:</span
          >
          ${finding.message}${finding.subjects.length === 0 ? null : html` <code>${subjectsText(finding)}</code>`}`,
    ),
  );
}
