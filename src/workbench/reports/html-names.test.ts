import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exampleContent } from '../../../tests/fakes/example-content.ts';
import { readMarkup, textOf } from './markup-check.ts';
import type { ReportContent } from './report-content.ts';
import { renderReport } from './render-report.ts';

const render = (content: ReportContent): string => renderReport('html', content);
const hostileNames: [what: string, name: string][] = [
  ['a script', '<script>alert(1)</script>'],
  ['an image that breaks out of an attribute', '"><img src=x onerror=alert(1)>'],
  ['an event handler', `' onload='alert(1)`],
  ['closing tags', '</title></style></svg>'],
  ['entities', '&lt;b&gt; & &amp; &#60;'],
  ['control characters', 'a\u0000b\u0008c\u009f'],
  ['half a character', '\ud800 alone'],
  ['words from right to left', 'دقيق-net-שלום'],
  ['a hidden change of direction', '\u202egnp.exe'],
  ['five thousand letters', 'x'.repeat(5000)],
  ['eight hundred wide letters', '模型'.repeat(400)],
  ['templates', '${alert(1)} {{7*7}}'],
  ['spaces', '   '],
  ['several lines', 'line\nbreak\ttab'],
];

describe('names from outside', () => {
  const contentNamed = (name: string): ReportContent => {
    const content = exampleContent(
      [
        { name, medianMs: 2, correct: 9000 },
        { name: `${name}.int8`, medianMs: 1, correct: 8990, discordant: [5, 15], recipeName: name.slice(0, 80) || 'r' },
        { name },
      ],
      { title: name, name },
    );
    for (const experiment of content.experiments) {
      experiment.deviceName = name;
      experiment.device = { ...experiment.device, cpu: { ...experiment.device.cpu, model: name } };
      for (const run of experiment.runs) run.warnings = [{ kind: name, message: name }];
    }
    return { ...content, quality: content.quality.map((item) => ({ ...item, datasetId: name })) };
  };

  test.each(hostileNames)('%s: text and nothing else', (_, name) => {
    const markup = render(contentNamed(name));
    const names = new Set(readMarkup(markup).map((element) => element.name));
    expect(names.has('script')).toBe(false);
    expect(names.has('img')).toBe(false);
    expect(markup).not.toMatch(/[^\P{Cc}\n\t]/u);
  });

  test('whatever they are, the markup balances and holds the same elements', () => {
    const plain = new Set(readMarkup(render(contentNamed('plain'))).map((element) => element.name));
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), (name) => {
        for (const element of readMarkup(render(contentNamed(name)))) expect(plain.has(element.name)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test('a name written from right to left does not turn the words around it', () => {
    const markup = render(contentNamed('דגם'));
    expect(markup).toContain('<bdi class="name-text">דגם</bdi>');
    expect(markup).toContain('“\u2068דגם.int8\u2069”');
  });

  test('a very long name is shortened in sentences and charts, and whole in the list of versions', () => {
    const name = `begin-${'x'.repeat(3000)}-end`;
    const markup = render(contentNamed(name));
    const labels = readMarkup(markup).filter(({ name: tag }) => tag === 'text');
    expect(Math.max(...labels.map(({ text }) => text.length))).toBeLessThan(140);
    expect(textOf(markup)).toContain(name);
  });
});
