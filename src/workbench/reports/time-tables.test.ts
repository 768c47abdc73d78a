import { describe, expect, test } from 'vitest';
import { alignOperators } from '#shared/align-operators.ts';
import { deriveResults } from '#shared/answer/derive-results.ts';
import type { Experiment } from '#shared/experiment.ts';
import { exampleContent, threeVersions } from '../../../tests/fakes/example-content.ts';
import { textOf } from './markup-check.ts';
import { renderReport } from './render-report.ts';
import type { ReportContent } from './report-content.ts';
import { timeTables } from './time-tables.ts';

const bare = exampleContent(threeVersions);
const experiment = bare.experiments[0] as Experiment;
const profileOf = (index: number) => bare.operatorsByRunId?.get(experiment.runs[index]?.id ?? '');

/** The second run beside the first, its last layer under a name that Markdown and HTML could take for markup. */
function contentWithLayers(): ReportContent {
  const [original, compressed] = [profileOf(0), profileOf(1)];
  if (!original || !compressed) throw new Error('The example has profiles.');
  const nodes = compressed.nodes.map((node) => ({ ...node, name: node.name.replace('/fc', '<b>|*x*') }));
  return {
    ...bare,
    alignedByRunId: new Map([[experiment.runs[1]?.id ?? '', alignOperators(original, { ...compressed, nodes })]]),
  };
}

const squeezed = (text: string): string => text.replaceAll(/[\s|\\*]/g, '');

describe('where the time goes', () => {
  const content = contentWithLayers();
  const tables = timeTables(deriveResults(experiment, content), content);
  const markdown = renderReport('md', content);

  test('is told of each profiled run, and beside its baseline of the one that was set there', () => {
    expect(tables.map(({ row }) => row.number)).toEqual([1, 2, 3]);
    expect(tables.map(({ layers }) => layers !== null)).toEqual([false, true, false]);
  });

  test('is the same in HTML and in Markdown, cell for cell', () => {
    const text = { html: squeezed(textOf(renderReport('html', content))), md: squeezed(markdown) };
    const rows = tables.flatMap(({ operators, layers }) => [...operators.rows, ...(layers?.table?.rows ?? [])]);
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      const cells = squeezed(row.join(''));
      expect(text.html).toContain(cells);
      expect(text.md).toContain(cells);
    }
  });

  test('adds up, with what lies outside of operators, in a table of Markdown', () => {
    // Of 2 ms: two Conv with 50 and 25 %, one Gemm with 12.5 %.
    expect(markdown).toContain(
      [
        '| 1, net | Conv | 2 | 1.500 | 75.0 % |',
        '|  | Gemm | 1 | 0.250 | 12.5 % |',
        '|  | outside of operators | — | 0.250 | 12.5 % |',
      ].join('\n'),
    );
    expect(markdown).toContain('| the whole run |  | 2.000 |  | 1.000 | −1.000 (2.00×) |');
    expect(markdown).toContain(String.raw`| \<b\>\|\*x\* | added | — | Gemm | 0.125 | +0.125 |`);
  });

  test('says instead of a table that too little has a counterpart', () => {
    const [original, compressed] = [profileOf(0), profileOf(1)];
    if (!original || !compressed) throw new Error('The example has profiles.');
    const nodes = compressed.nodes.map((node) => ({ ...node, name: `new${node.name}` }));
    const aligned = alignOperators(original, { ...compressed, nodes });
    const text = renderReport('md', { ...bare, alignedByRunId: new Map([[experiment.runs[1]?.id ?? '', aligned]]) });
    expect(text).toContain('Run 2, net.int8: Its layers cannot be set beside those of its baseline');
    expect(text).not.toContain('beside its baseline, layer by layer');
  });

  test('is no section where no run was profiled', () => {
    expect(renderReport('md', { ...bare, operatorsByRunId: new Map() })).not.toContain('### Where the time goes');
  });
});
