import { describe, expect, test } from 'vitest';
import { exampleContent, threeVersions } from '../../../tests/fakes/example-content.ts';
import { emptyRecord } from '#shared/run-record.ts';
import { readMarkup } from './markup-check.ts';
import { renderReport } from './render-report.ts';
import type { ReportContent } from './report-content.ts';

const image = { name: 'image', dtype: 'float32', shape: [1, 3], source: 'photos.npz', lowest: -2, highest: 2.5 };
const record = { ...emptyRecord, processStartMs: 41.5, inputs: [image] };
const bare = exampleContent(threeVersions);
const runs = bare.experiments[0]?.runs ?? [];
const content = {
  ...bare,
  detailsByRunId: new Map(
    runs.map(({ id }) => [id, { runId: id, record, sustained: [], sustainedReasons: [], weightBytes: null }]),
  ),
};

test.each(['html', 'md'] as const)('a report as %s says what each run ran on, and its phases', (format) => {
  const text = renderReport(format, content).replaceAll('\\', '');
  expect(text).toContain('float32 [1, 3], photos.npz: -2 to 2.5');
  expect(text).toContain('Process start');
});

test('a CSV report has the phases as columns', () => {
  const [header = '', first = ''] = renderReport('csv', content).split('\r\n');
  expect(header.split(',')).toContain('process_start_ms');
  expect(first).toContain(',41.5,');
});

const SLOWER = 'It became 25.0 % slower during the run.';

/** The content with the first run used without a pause: medians of its seconds in ms. */
function contentOfUse(medians: readonly number[]): ReportContent {
  const windows = medians.map((medianMs, second) => ({
    startedAtMs: 1000 * second,
    sampleCount: 400,
    medianMs,
    lowerMs: medianMs,
    upperMs: medianMs,
    clockMegahertz: null,
  }));
  const [first] = runs;
  const details = content.detailsByRunId.get(first?.id ?? '');
  if (!first || !details) throw new Error('The example has no run.');
  const used = { ...details, sustained: windows, sustainedReasons: [{ kind: 'drift' as const, message: SLOWER }] };
  return { ...content, detailsByRunId: new Map([[first.id, used]]) };
}

test.each([
  ['html', `During continuous use: ${SLOWER}`],
  ['md', `During continuous use: ${SLOWER}`],
  ['csv', `,2000,2,2.5,${SLOWER},`],
] as const)('a report as %s says why the times of continuous use may not repeat', (format, expected) => {
  const text = renderReport(format, contentOfUse([2, 2.5]))
    .replaceAll('\\', '')
    .replaceAll('\u00a0', ' ');
  expect(text).toContain(expected);
});

describe('the curve of continuous use', () => {
  const curves = (report: ReportContent) => {
    const elements = readMarkup(renderReport('html', report));
    const title = elements.findIndex(({ name, text }) => name === 'title' && text === 'Latency during continuous use');
    return title === -1 ? null : elements.slice(title);
  };

  test('has its unit, an axis of seconds, its verdict, and says where the scale starts', () => {
    const elements = curves(contentOfUse([2, 2.25, 2.5]));
    const texts = elements?.map(({ text }) => text.replaceAll('\u00a0', ' ')) ?? [];
    expect(texts).toContain('Seconds of continuous use');
    expect(texts).toContain('may not repeat');
    expect(texts.some((text) => text.endsWith('· ms'))).toBe(true);
    expect(texts.some((text) => text.includes('does not start at zero'))).toBe(true);
    const line = elements?.find(({ attributes }) => attributes['class']?.startsWith('line '));
    expect(line?.attributes['d']?.split('L')).toHaveLength(3);
  });

  test('draws neighbours of a long use together, and says so', () => {
    const elements = curves(contentOfUse(Array.from({ length: 1000 }, (_, second) => 2 + second / 1000)));
    const line = elements?.find(({ attributes }) => attributes['class']?.startsWith('line '));
    expect(line?.attributes['d']?.split('L')).toHaveLength(200);
    expect(elements?.some(({ text }) => text.includes('neighbours are drawn as one point'))).toBe(true);
  });

  test('is left out where there was none, or a single second', () => {
    expect(curves(content)).toBeNull();
    expect(curves(contentOfUse([2]))).toBeNull();
  });
});

test('nothing is said of runs that have no record', () => {
  expect(renderReport('md', bare)).not.toContain('Inputs, phases and memory');
});
