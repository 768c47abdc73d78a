import { describe, expect, test } from 'vitest';
import { exampleContent } from '../../../tests/fakes/example-content.ts';
import { exampleSweep, sixPoints } from '../../../tests/fakes/example-sweep.ts';
import type { LatencyBound } from '#shared/latency-bound.ts';
import { reportDocumentSchema } from './json.ts';
import { readMarkup } from './markup-check.ts';
import { renderReport } from './render-report.ts';
import type { ReportContent } from './report-content.ts';

const bound: LatencyBound = { ms: 4.5, statistic: 'median' };

function contentWith(options: { planned?: LatencyBound; asked?: LatencyBound | null } = {}): ReportContent {
  const { planned, asked } = options;
  const { experiment, blocksByRunId } = exampleSweep(sixPoints, planned === undefined ? {} : { latencyBound: planned });
  return {
    ...exampleContent([{ name: 'net', medianMs: 1 }]),
    experiments: [experiment],
    blocksByRunId,
    latencyBound: asked,
  };
}

const headline = 'Run it with 2 threads, batch 4: 2,000 items per second, and a median of 4.5 ms or less is held.';

describe('the sweet spot in a report', () => {
  test('is held against the bound of the plan, or against the one that was asked for', () => {
    for (const format of ['html', 'md'] as const) {
      const render = (bounds: Parameters<typeof contentWith>[0]): string =>
        renderReport(format, contentWith(bounds)).replaceAll('\u00a0', ' ');
      expect(render({ planned: bound })).toContain(headline);
      expect(render({ planned: { ...bound, ms: 1 }, asked: bound })).toContain(headline);
      expect(render({ planned: bound, asked: null })).toContain('The knee is at 2 threads');
    }
  });

  test('in HTML has a chart that names every point, and stays well-formed', () => {
    const markup = renderReport('html', contentWith({ asked: bound }));
    const elements = readMarkup(markup);
    const chart = elements.filter(({ name, text }) => name === 'desc' && text.includes('items per second'));
    expect(chart).toHaveLength(1);
    for (let number = 1; number <= sixPoints.length; number += 1) expect(chart[0]?.text).toContain(`#${number} `);
    expect(markup).not.toMatch(/NaN|Infinity|undefined/);
    const marks = elements.filter(({ attributes }) => /^mark series-\d \w/.test(attributes['class'] ?? ''));
    const classes = marks.map(({ attributes }) => attributes['class']?.split(' ')[2]);
    expect(classes.filter((name) => name !== undefined && /hold/.test(name))).toEqual([
      'holds',
      'holds',
      'does-not-hold',
      'holds',
      'holds',
      'does-not-hold',
    ]);
  });

  test('in Markdown has a row for each point, as wide as its header', () => {
    const table = renderReport('md', contentWith({ asked: bound }))
      .split('\n\n')
      .find((block) => block.includes('Bound of 4.5 ms'));
    const rows = (table ?? '').split('\n').map((line) => line.split(' | ').length);
    expect(rows).toHaveLength(sixPoints.length + 2);
    expect(new Set(rows).size).toBe(1);
  });

  test('in JSON is the document of the command line', () => {
    const { experiments } = reportDocumentSchema.parse(JSON.parse(renderReport('json', contentWith({ asked: bound }))));
    expect(experiments[0]?.sweeps).toMatchObject([{ outcome: 'chosen', sweetSpotRunId: 'sweep-run-5', headline }]);
  });

  test('in CSV is a column', () => {
    const [header = '', ...lines] = renderReport('csv', contentWith({ asked: bound }))
      .trim()
      .split('\r\n');
    const columns = ['latency_bound_ms', 'latency_bound_verdict', 'is_sweet_spot'].map((name) =>
      header.split(',').indexOf(name),
    );
    expect(lines.map((line) => columns.map((column) => line.split(',').at(column - header.split(',').length)))).toEqual(
      [
        ['4.5', 'holds', 'false'],
        ['4.5', 'holds', 'false'],
        ['4.5', 'does-not-hold', 'false'],
        ['4.5', 'holds', 'false'],
        ['4.5', 'holds', 'true'],
        ['4.5', 'does-not-hold', 'false'],
      ],
    );
  });

  test('is left out where every model was measured in one way', () => {
    for (const format of ['html', 'md'] as const) {
      expect(renderReport(format, exampleContent([{ name: 'net', medianMs: 1 }]))).not.toContain('Sweet spot');
    }
  });
});
