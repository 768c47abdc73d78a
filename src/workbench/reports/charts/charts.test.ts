import { describe, expect, test } from 'vitest';
import { exampleContent, type ExampleModel, threeVersions } from '../../../../tests/fakes/example-content.ts';
import { readMarkup } from '../markup-check.ts';
import { deriveAllResults } from '../report-content.ts';
import { isMeasured, type MeasuredRow } from '#shared/answer/result-row.ts';
import { drawDistributions } from './distribution.ts';
import { drawDrift } from './drift.ts';
import { type TradeOff, tradeOffOf } from '#shared/charts/trade-off.ts';
import { drawTradeOff } from './trade-off.ts';

function rowsOf(models: ExampleModel[]): MeasuredRow[] {
  return (deriveAllResults(exampleContent(models))[0]?.rows ?? []).filter(isMeasured);
}

function tradeOffFrom(models: ExampleModel[]): TradeOff {
  const [results] = deriveAllResults(exampleContent(models));
  if (!results) throw new Error('The example has an experiment.');
  return tradeOffOf(results, rowsOf(models));
}

describe('drawings', () => {
  test('draw every run, and say in words what they show', () => {
    const rows = rowsOf(threeVersions);
    const drawings = [
      drawTradeOff(tradeOffFrom(threeVersions), { id: 'a' }).svg,
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
    const { svg } = drawTradeOff(tradeOffFrom(threeVersions), { id: 'a' });
    const titles = readMarkup(svg.markup).filter(({ attributes }) => attributes['class'] === 'axis-title');
    expect(titles.map(({ text }) => text)).toEqual([expect.stringContaining('(%)'), expect.stringContaining('(ms)')]);
  });

  test('an error bar spans its interval', () => {
    const { svg } = drawTradeOff(tradeOffFrom(threeVersions), { id: 'a' });
    const bars = readMarkup(svg.markup).filter(({ attributes }) => attributes['class']?.startsWith('error-bar'));
    expect(bars).toHaveLength(6);
  });
});
