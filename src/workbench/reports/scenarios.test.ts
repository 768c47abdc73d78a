import { describe, expect, test } from 'vitest';
import { exampleContent } from '../../../tests/fakes/example-content.ts';
import { exampleScenarios } from '../../../tests/fakes/example-scenarios.ts';
import { compareReproduction } from '#shared/reproduction.ts';
import { reportDocumentSchema } from './json.ts';
import { readMarkup } from './markup-check.ts';
import { renderReport } from './render-report.ts';
import type { ReportContent } from './report-content.ts';

function contentWithScenarios(): ReportContent {
  const content = exampleContent([{ name: 'net', medianMs: 4 }]);
  return {
    ...content,
    experiments: content.experiments.map((experiment) => ({
      ...experiment,
      runs: experiment.runs.map((run) => ({ ...run, scenarios: exampleScenarios })),
    })),
  };
}

/** With spaces as they are typed: HTML keeps figures and their units on one line. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('scenarios in a report', () => {
  test('are said in words and figures in HTML and Markdown', () => {
    for (const format of ['html', 'md'] as const) {
      const text = plain(renderReport(format, contentWithScenarios()));
      expect(text).toContain('148 requests per second: 99 % within 20 ms, held in a run of its own');
      expect(text).toContain('batch 8 on 2 instances of 1 thread');
      expect(text).toContain('The engine process ran out of memory while it loaded 2 instances.');
      expect(text).toMatch(/Longest queue/);
      expect(text).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  test('the curve of the rates has a mark for each, in HTML, and its words say the verdicts', () => {
    const elements = readMarkup(renderReport('html', contentWithScenarios()));
    const marks = elements.filter(({ attributes }) => attributes['class']?.startsWith('mark series-0 ') ?? false);
    const verdicts = marks.map(({ name, attributes }) => [name, attributes['class']?.split(' ')[2]]);
    expect(verdicts.slice(-6)).toEqual([
      ['circle', 'holds'],
      ['circle', 'holds'],
      ['circle', 'holds'],
      ['rect', 'holds'],
      ['circle', 'undecided'],
      ['circle', 'does-not-hold'],
    ]);
    const texts = elements.filter(({ name }) => name === 'desc').map(({ text }) => text);
    expect(plain(texts.join(' '))).toContain(
      '163 per second: p99 26.30 ms of 2,000 requests, does not hold, longest queue 11.',
    );
  });

  test('the chart of throughput has a line for each number of instances, and rings the best point', () => {
    const elements = readMarkup(renderReport('html', contentWithScenarios()));
    const texts = elements.filter(({ name }) => name === 'text').map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining(['1 instance', '2 instances']));
    expect(elements.filter(({ attributes }) => attributes['class']?.startsWith('curve '))).toHaveLength(2);
    expect(elements.filter(({ attributes }) => attributes['class'] === 'ring')).toHaveLength(1);
    const descriptions = elements.filter(({ name }) => name === 'desc').map(({ text }) => text);
    expect(plain(descriptions.join(' '))).toContain(
      'batch 8 on 2 instances of 1 thread: 392 items per second (386–398), 40.70 ms for a batch (median), the most throughput.',
    );
  });

  test('are columns in CSV, and whole in JSON', () => {
    const [header = '', line = ''] = renderReport('csv', contentWithScenarios()).split('\r\n');
    const cells = line.split(',');
    const cellOf = (name: string) => cells.at(header.split(',').indexOf(name) - header.split(',').length);
    expect(['server_rate_per_second', 'server_verdict', 'offline_instance_count'].map(cellOf)).toEqual([
      '148',
      'confirmed',
      '2',
    ]);
    const { experiments } = reportDocumentSchema.parse(JSON.parse(renderReport('json', contentWithScenarios())));
    expect(experiments[0]?.runs[0]?.scenarios).toEqual(exampleScenarios);
  });

  test('that were measured again have their verdicts in every form', () => {
    const content = contentWithScenarios();
    const [experiment] = content.experiments as [ReportContent['experiments'][number]];
    const reproduction = compareReproduction({ ...experiment, id: 'the first' }, experiment);
    const repeated = { ...content, reproductionsById: new Map([[experiment.id, reproduction]]) };
    for (const format of ['html', 'md'] as const) {
      const text = renderReport(format, repeated);
      expect(text).toContain('It repeats: every number lies where it was expected.');
      expect(text).toContain('net, offline, items/s, batch 8 on 2 instances of 1 thread');
      expect(text).toMatch(/net, server, requests\/s\D+148–163\D+148–163/);
      expect(renderReport(format, content)).not.toContain('Measured again');
    }
    const { experiments } = reportDocumentSchema.parse(JSON.parse(renderReport('json', repeated)));
    expect(experiments[0]?.reproduction?.scenarios.map(({ kind, verdict }) => [kind, verdict])).toEqual(
      exampleScenarios.map(({ kind }) => [kind, 'inside']),
    );
    const [header = '', line = ''] = renderReport('csv', repeated).split('\r\n');
    const cells = line.split(',');
    const at = header.split(',').indexOf('server_repeat_verdict') - header.split(',').length;
    expect(cells.at(at)).toBe('inside');
  });

  test('are left out where none was asked for', () => {
    for (const format of ['html', 'md'] as const) {
      expect(renderReport(format, exampleContent([{ name: 'net', medianMs: 1 }]))).not.toContain('Scenarios');
    }
  });
});
