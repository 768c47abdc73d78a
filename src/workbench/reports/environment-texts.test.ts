import { expect, test } from 'vitest';
import { exampleContent, threeVersions } from '../../../tests/fakes/example-content.ts';
import { readMarkup } from './markup-check.ts';
import { renderReport } from './render-report.ts';
import { environmentTexts } from './environment-texts.ts';

test('HTML and Markdown tell the same facts of the machine, the software and the plan', () => {
  const content = exampleContent(threeVersions);
  const [experiment] = content.experiments;
  if (!experiment) throw new Error('The example has an experiment.');
  const markdown = renderReport('md', content);
  const terms = readMarkup(renderReport('html', content)).flatMap(({ name, text }) => (name === 'dt' ? [text] : []));
  const texts = environmentTexts(experiment);
  expect(texts.map(({ name }) => name)).toContain('Measured');
  for (const { name, text, isCode } of texts) {
    expect(terms).toContain(name);
    expect(markdown).toContain(isCode ? `- ${name}: \`${text}\`` : `- ${name}: `);
  }
});

test('Markdown has the command that says whether the numbers repeat', () => {
  expect(renderReport('md', exampleContent(threeVersions))).toContain('whittle bench --reproduce experiment-1');
});
