import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exampleContent, exampleHash, threeVersions } from '../../../tests/fakes/example-content.ts';
import { codeBlock, escapeMarkdown } from './markdown/text.ts';
import { msText } from '#shared/text/number-text.ts';
import { renderReport } from './render-report.ts';

/** Rows of every table, split at bars that are not escaped. */
function tablesOf(text: string): string[][][] {
  return text
    .split(/\n\n/)
    .filter((block) => block.startsWith('| '))
    .map((block) => block.split('\n').map((line) => line.slice(2, -2).split(/(?<!\\) \| /)));
}

describe('a Markdown report', () => {
  const content = exampleContent([...threeVersions, { name: 'broken' }]);
  const text = renderReport('md', content);

  test('answers first and shows the numbers of its data', () => {
    expect(text).toContain('**Ship “net.int8” on node:cpu: 2.00× faster');
    const measured = content.experiments[0]?.runs.flatMap(({ latencyMs }) => latencyMs ?? []) ?? [];
    expect(measured).toHaveLength(3);
    for (const { median, ciLow } of measured) expect(text).toContain(`${msText(median)} (${msText(ciLow)}–`);
    expect(text).toContain('The engine died of “broken”.');
    expect(text).toContain(exampleHash(1));
    expect(text).toContain('whittle bench net.onnx net.int8.onnx net.pruned.onnx broken.onnx --provider node:cpu');
    expect(text).not.toContain('/home/somebody');
  });

  test('says of intervals what they hold, of few rounds and of many', () => {
    const ofMany = renderReport('md', exampleContent(threeVersions, { rounds: 40 }));
    expect(text).toContain('| Median (interval of at least 95 %), ms |');
    expect(ofMany).toContain('| Median (95 % interval), ms |');
  });

  test('has tables whose rows are as wide as their headers', () => {
    const tables = tablesOf(text);
    expect(tables.length).toBeGreaterThanOrEqual(4);
    for (const [header = [], ...rows] of tables) for (const row of rows) expect(row).toHaveLength(header.length);
  });

  test('stays the same table whatever a name holds', () => {
    for (const name of ['a | b', '</td>| |\n| x', '`|`', '\\|', '**x**', '[a](javascript:1)', '<script>']) {
      const hostile = renderReport(
        'md',
        exampleContent([
          { name, medianMs: 2 },
          { name: `${name}2`, medianMs: 1 },
        ]),
      );
      for (const [header = [], ...rows] of tablesOf(hostile)) {
        for (const row of rows) expect(row).toHaveLength(header.length);
      }
      const prose = hostile.replaceAll(/^(`{3,}).*?^\1$/gms, '');
      expect(prose).not.toMatch(/(?<!\\)[<[]/);
    }
  });
});

describe('escaped text', () => {
  test.each([
    ['*bold* _it_', String.raw`\*bold\* \_it\_`],
    ['a|b', String.raw`a\|b`],
    ['<b>', String.raw`\<b\>`],
    ['- item', String.raw`\- item`],
    ['1. item', String.raw`1\. item`],
    ['# head', String.raw`\# head`],
    ['two\n\nlines', 'two lines'],
    ['fashion-resnet.int8', 'fashion-resnet.int8'],
  ])('%j becomes %j', (text, expected) => {
    expect(escapeMarkdown(text)).toBe(expected);
  });

  test('comes back when the backslashes are taken away again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const plain = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
        expect(escapeMarkdown(text).replaceAll(/\\([\\`*_[\]<>&|~#$\-+=.)])/g, '$1')).toBe(plain);
      }),
    );
  });

  test('code is fenced with more backticks than it holds', () => {
    expect(codeBlock('a ```` b')).toBe('`````\na ```` b\n`````');
  });
});
