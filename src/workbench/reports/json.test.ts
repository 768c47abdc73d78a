import { expect, test } from 'vitest';
import { exampleContent, threeVersions } from '../../../tests/fakes/example-content.ts';
import { reportDocumentSchema } from './json.ts';
import { renderReport, reportExtension, reportMediaType } from './render-report.ts';

test('a JSON report matches its schema and holds every raw sample', () => {
  const content = exampleContent([...threeVersions, { name: '[\n 1,\n 2\n]' }]);
  const text = renderReport('json', content);
  const document = reportDocumentSchema.parse(JSON.parse(text));
  for (const [index, run] of (content.experiments[0]?.runs ?? []).entries()) {
    expect(document.experiments[0]?.runs[index]?.blocks).toEqual(content.blocksByRunId.get(run.id));
    expect(document.experiments[0]?.runs[index]?.model.name).toBe(run.model.name);
  }
  const [operators] = document.experiments[0]?.runs.map((run) => run.operators) ?? [];
  expect(operators?.operators.map(({ operator, share }) => [operator, share])).toEqual([
    ['Conv', 0.75],
    ['Gemm', 0.125],
  ]);
  expect(document.quality).toEqual(content.quality);
  expect(document.experiments[0]?.answers[0]?.headline).toContain('Ship “net.int8”');
});

test('says what intervals hold, and a document of an earlier version, which does not, is read too', () => {
  const text = renderReport('json', exampleContent(threeVersions));
  const [experiment] = reportDocumentSchema.parse(JSON.parse(text)).experiments;
  expect(experiment?.runs.map(({ latencyMs }) => latencyMs?.confidence)).toEqual([
    'at-least-95',
    'at-least-95',
    'at-least-95',
  ]);
  expect(experiment?.comparisons[0]?.speedup.confidence).toBe('at-least-95');
  const earlier = JSON.parse(text, (key, value: unknown) => (key === 'confidence' ? undefined : value));
  expect(reportDocumentSchema.parse(earlier).experiments[0]?.runs[0]?.latencyMs?.confidence).toBeUndefined();
});

test('a JSON report does not tell where files lay', () => {
  expect(renderReport('json', exampleContent(threeVersions))).not.toContain('/home/somebody');
});

test('samples of a block stand on one line', () => {
  const lines = renderReport('json', exampleContent([{ name: 'net', medianMs: 1 }])).split('\n');
  expect(lines.filter((line) => line.includes('"samplesMs": [')).every((line) => line.endsWith(']'))).toBe(true);
  expect(lines.length).toBeLessThan(400);
});

test.each([
  ['html', 'text/html; charset=utf-8', '.html'],
  ['md', 'text/markdown; charset=utf-8', '.md'],
  ['csv', 'text/csv; charset=utf-8', '.csv'],
  ['json', 'application/json', '.json'],
  ['pdf', 'application/pdf', '.pdf'],
] as const)('%s is %s with %s', (format, mediaType, extension) => {
  expect(reportMediaType(format)).toBe(mediaType);
  expect(reportExtension(format)).toBe(extension);
});
