import { describe, expect, test } from 'vitest';
import { exampleContent, type ExampleModel, threeVersions } from '../../../../tests/fakes/example-content.ts';
import { readMarkup } from '../markup-check.ts';
import { deriveAllResults } from '../report-content.ts';
import { isMeasured, type MeasuredRow } from '#shared/answer/result-row.ts';
import { drawDistributions } from './distribution.ts';
import { drawDrift } from './drift.ts';
import { drawTradeOff, type TradeOffPoint } from './trade-off.ts';

function rowsOf(models: ExampleModel[]): MeasuredRow[] {
  return (deriveAllResults(exampleContent(models))[0]?.rows ?? []).filter(isMeasured);
}

function pointsOf(models: ExampleModel[]): TradeOffPoint[] {
  return rowsOf(models).flatMap((row) => {
    const top1 = row.quality?.metrics.top1;
    return top1 ? [{ row, top1, itemCount: 10_000 }] : [];
  });
}

describe('drawings', () => {
  test('draw every run, and say in words what they show', () => {
    const rows = rowsOf(threeVersions);
    const drawings = [
      drawTradeOff(pointsOf(threeVersions), { id: 'a', dataset: 'data' }).svg,
      ...drawDistributions(rows, { id: 'b' }).svgs,
      ...drawDrift(rows, { id: 'c' }),
    ];
    expect(drawings).toHaveLength(3);
    for (const { markup } of drawings) {
      const elements = readMarkup(markup);
      const description = elements.find(({ name }) => name === 'desc')?.text ?? '';
      for (const { number } of rows) {
        expect(description).toContain(`#${number}`);
        expect(elements.some(({ name, text }) => name === 'text' && text.includes(`#${number}`))).toBe(true);
      }
    }
  });

  test('the axes carry their unit', () => {
    const { svg } = drawTradeOff(pointsOf(threeVersions), { id: 'a', dataset: 'data' });
    const titles = readMarkup(svg.markup).filter(({ attributes }) => attributes['class'] === 'axis-title');
    expect(titles.map(({ text }) => text)).toEqual([expect.stringContaining('(%)'), expect.stringContaining('(ms)')]);
  });

  test('an error bar spans its interval', () => {
    const { svg } = drawTradeOff(pointsOf(threeVersions), { id: 'a', dataset: 'data' });
    const bars = readMarkup(svg.markup).filter(({ attributes }) => attributes['class']?.startsWith('error-bar'));
    expect(bars).toHaveLength(6);
  });
});
