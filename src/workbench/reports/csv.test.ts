import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvCell } from './csv.ts';
import { exampleContent, threeVersions } from '../../../tests/fakes/example-content.ts';
import { renderReport } from './render-report.ts';

/** RFC 4180 with CRLF. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/y;
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    if (!found) throw new Error(`No cell at ${text.slice(cell.lastIndex, cell.lastIndex + 40)}`);
    rows.at(-1)?.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === '\r\n' && cell.lastIndex < text.length) rows.push([]);
  }
  return rows;
}

describe('a CSV report', () => {
  const content = exampleContent([...threeVersions, { name: 'broken, "really"' }]);
  const [headers = [], ...rows] = parseCsv(renderReport('csv', content));
  const value = (row: number, header: string): string | undefined => rows[row]?.[headers.indexOf(header)];

  test('has one row per run, each as wide as its header', () => {
    expect(rows).toHaveLength(4);
    for (const row of rows) expect(row).toHaveLength(headers.length);
    expect(new Set(headers).size).toBe(headers.length);
  });

  test('holds the numbers in full', () => {
    for (const [index, run] of (content.experiments[0]?.runs ?? []).entries()) {
      expect(value(index, 'latency_median_ms')).toBe(run.latencyMs === null ? '' : String(run.latencyMs.median));
      expect(value(index, 'memory_peak_bytes')).toBe(String(run.memory.peakBytes));
    }
    expect(value(1, 'top1')).toBe('0.9245');
    expect(value(2, 'top1_difference')).toBe('-0.045');
    expect(value(0, 'fidelity_cosine')).toBe('');
    expect(value(1, 'fidelity_cosine')).toBe('0.998765');
    expect(value(1, 'fidelity_top1_agreement')).toBe('0.9911');
    expect(value(0, 'started_at')).toBe('2026-11-24T12:30:00.000Z');
  });

  test('says what the intervals hold: less of few rounds than of many', () => {
    expect([value(1, 'latency_median_confidence'), value(1, 'speedup_confidence')]).toEqual([
      'at-least-95',
      'at-least-95',
    ]);
    expect([value(3, 'latency_median_confidence'), value(3, 'speedup_confidence')]).toEqual(['', '']);
    const [otherHeaders = [], , second = []] = parseCsv(
      renderReport('csv', exampleContent(threeVersions, { rounds: 40 })),
    );
    expect(second[otherHeaders.indexOf('latency_median_confidence')]).toBe('95');
    expect(second[otherHeaders.indexOf('speedup_confidence')]).toBe('95');
  });

  test('keeps failed runs with their reason', () => {
    expect(value(3, 'model')).toBe('broken, "really"');
    expect(value(3, 'status')).toBe('failed');
    expect(value(3, 'error')).toBe('The engine died of “broken, "really"”.');
  });
});

describe('a cell', () => {
  test.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['two\r\nlines', '"two\r\nlines"'],
    ['=1+1', `"'=1+1"`],
    ['+1', `"'+1"`],
    ['-2+3', `"'-2+3"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    [' =1', `"' =1"`],
    ['\t=1', `"'\t=1"`],
    ['＝1', `"'＝1"`],
    [-0.5, '-0.5'],
    [0, '0'],
    [null, ''],
    [undefined, ''],
    [true, 'true'],
  ])('%j is written %j', (cell, expected) => {
    expect(csvCell(cell)).toBe(expected);
  });

  test('comes back from any text, and never begins a formula', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const [[cell = '', end] = []] = parseCsv(`${csvCell(text)},end`);
        expect(end).toBe('end');
        expect(cell === text || cell === `'${text}`).toBe(true);
        expect(cell).not.toMatch(/^\s*[=+\-@]/);
      }),
    );
  });
});
