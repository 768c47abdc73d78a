import type { Experiment } from '#shared/experiment.ts';
import type { Variant } from '#shared/model.ts';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { environmentTexts } from '../environment-texts.ts';
import { CLONE_REMARK, rerunCommands } from '../rerun-commands.ts';
import { facts, heading } from './elements.ts';
import { html, type Html } from './template.ts';

export function environmentFacts(experiment: Experiment): Html {
  return facts(
    environmentTexts(experiment).map(({ name, text, isCode = false }) => [
      name,
      isCode ? html`<code>${text}</code>` : text,
    ]),
  );
}

export function rerunSection(
  { experiment, quality }: ExperimentResults,
  variants: readonly Variant[],
  level: number,
): Html {
  const { files, compress, bench, reproduce, evaluate, exportRuns } = rerunCommands(experiment, {
    variants,
    quality,
  });
  return html`<p>${CLONE_REMARK}</p>
    <p>Bring the files together under these names; their SHA-256 has to be the same:</p>
    <pre><code>${files.map(({ sha256, fileName }) => `${sha256}  ${fileName}`).join('\n')}</code></pre>
    ${
      compress.length === 0
        ? null
        : html`<p>
              Or make the compressed ones again from their originals. Their recipes are under
              <a href="#versions">Versions</a>; write each to the file that is named here:
            </p>
            <pre><code>${compress.join('\n')}</code></pre> `
    }
    <p>Measure the same plan, with the same seed for inputs and order:</p>
    <pre><code>${bench}</code></pre>
    <p>On the machine where it was measured, this measures it again and says whether each number repeats:</p>
    <pre><code>${reproduce}</code></pre>
    ${
      evaluate.length === 0
        ? null
        : html`<p>Measure the quality again:</p>
            <pre><code>${evaluate.join('\n')}</code></pre> `
    }${heading(level, 'Raw data')}
    <p>
      Every figure here is derived from raw samples. On the machine where the experiment was measured, this writes all
      of them to a file that <code>whittle runs import</code> reads on any other; the JSON form of this report holds
      them too.
    </p>
    <pre><code>${exportRuns}</code></pre> `;
}
