/** One self-contained file for people: no scripts, nothing remote, readable in the dark and on paper. */
import { experimentSection } from './html/experiment-section.ts';
import { heading, nameOf } from './html/elements.ts';
import { styleSheet } from './html/style.ts';
import { html, type Html, trustedHtml } from './html/template.ts';
import { fileSections } from './html/variants-section.ts';
import { methodParagraphs } from './method-text.ts';
import { countText, utcText } from '#shared/text/number-text.ts';
import { deriveAllResults, type ReportContent } from './report-content.ts';
import type { ReportWriter } from './report-writer.ts';

/** Nothing may be fetched or run, whatever a name may have smuggled in. */
const CONTENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'";

export const htmlReport: ReportWriter = {
  mediaType: 'text/html; charset=utf-8',
  extension: '.html',
  render: (content) => page(content).markup,
};

function page(content: ReportContent): Html {
  const experiments = deriveAllResults(content);
  const isSingle = experiments.length === 1;
  const { title, createdAtMs, environment } = content;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="Whittle ${environment.whittleVersion}" />
        <meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}" />
        <title>${title}</title>
        <style>
          ${trustedHtml(styleSheet)}
        </style>
      </head>
      <body>
        <header>
          <h1><bdi>${title}</bdi></h1>
          <p class="about">Whittle report, ${utcText(createdAtMs)}. ${devicesText(content)}</p>
        </header>
        <main>
          ${experiments.map((about, index) =>
            isSingle
              ? experimentSection(about, content, { level: 2, index })
              : html`<section class="experiment">
                  ${heading(2, nameOf(about.experiment.name))}
                  <p class="about">${about.experiment.deviceName}, ${utcText(about.experiment.createdAtMs)}</p>
                  ${experimentSection(about, content, { level: 3, index })}
                </section> `,
          )}
          ${
            isSingle
              ? null
              : html`<p class="muted">
                  Times of different experiments were not measured side by side and are not compared.
                </p> `
          }
          <section class="files">${heading(2, 'Versions', 'versions')} ${fileSections(content, 3)}</section>
          <section class="method">
            ${heading(2, 'How it was measured', 'method')}
            ${methodParagraphs(content.experiments.map(({ plan }) => plan)).map((paragraph) => html`<p><strong>${paragraph.title}.</strong> ${paragraph.text}</p> `)}
          </section>
        </main>
        <footer>Made by Whittle ${environment.whittleVersion} on ${utcText(createdAtMs)}.</footer>
      </body>
    </html> `;
}

function devicesText({ experiments }: ReportContent): string {
  const devices = [...new Set(experiments.map((experiment) => experiment.deviceName))];
  const runCount = experiments.reduce((sum, experiment) => sum + experiment.runs.length, 0);
  const where = devices.length === 1 ? ` on ${devices[0]}` : '';
  return `${countText(experiments.length, 'experiment')} with ${countText(runCount, 'run')}${where}.`;
}
