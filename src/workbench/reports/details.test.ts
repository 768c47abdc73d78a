import { expect, test } from 'vitest';
import { exampleContent, threeVersions } from '../../../tests/fakes/example-content.ts';
import { emptyRecord } from '#shared/run-record.ts';
import { renderReport } from './render-report.ts';

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

test.each([
  ['html', `During continuous use: ${SLOWER}`],
  ['md', `During continuous use: ${SLOWER}`],
  ['csv', `,2000,2,2.5,${SLOWER},`],
] as const)('a report as %s says why the times of continuous use may not repeat', (format, expected) => {
  const windows = [2, 2.5].map((medianMs, second) => ({
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
  const text = renderReport(format, { ...content, detailsByRunId: new Map([[first.id, used]]) })
    .replaceAll('\\', '')
    .replaceAll('\u00a0', ' ');
  expect(text).toContain(expected);
});

test('nothing is said of runs that have no record', () => {
  expect(renderReport('md', bare)).not.toContain('Inputs, phases and memory');
});
