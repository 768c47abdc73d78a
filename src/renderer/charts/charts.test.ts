import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  exampleContent,
  type exampleExperiment,
  type ExampleModel,
  threeVersions,
} from '../../../tests/fakes/example-content.ts';
import { annotationsOf, axisOf, ink, pointsOf } from '../../../tests/fakes/read-chart.ts';
import { deriveResults, type ExperimentResults } from '#shared/answer/derive-results.ts';
import { isMeasured, type MeasuredRow } from '#shared/answer/result-row.ts';
import { createBubbleScale, radiusOfShape } from './bubble-size.ts';
import { distributionChart } from './distribution-chart.ts';
import { driftChart, roundsOf } from './drift-chart.ts';
import { memoryChart } from './memory-chart.ts';
import { fitRowLabel } from './row-labels.ts';
import { createFactorScale, isCompared, speedUpChart } from './speed-up-chart.ts';
import { sustainedChart } from './sustained-chart.ts';
import { tradeOffChart } from './trade-off-chart.ts';
import { tradeOffOf } from '#shared/charts/trade-off.ts';

function resultsOf(
  models: readonly ExampleModel[],
  options: Parameters<typeof exampleExperiment>[1] = {},
): ExperimentResults {
  const { experiments, quality, blocksByRunId } = exampleContent(models, options);
  const [experiment] = experiments;
  if (!experiment) throw new Error('The example has an experiment.');
  return deriveResults(experiment, { quality, blocksByRunId });
}

function measuredOf(
  models: readonly ExampleModel[],
  options: Parameters<typeof exampleExperiment>[1] = {},
): MeasuredRow[] {
  return resultsOf(models, options).rows.filter(isMeasured);
}

describe('the distribution of latencies', () => {
  test('draws every sample of each run in its own row, and a box from quartile to quartile', () => {
    const rows = measuredOf(threeVersions);
    const { configuration, remarks } = distributionChart(rows, { ink });
    for (const [index, row] of rows.entries()) {
      const drawn = pointsOf(configuration.data.datasets[index]?.data);
      const samples = row.blocks.flatMap(({ samplesMs }) => samplesMs).toSorted((a, b) => a - b);
      expect(drawn.map(({ x }) => x)).toEqual(samples);
      expect(drawn.every(({ y }) => y > index && y < index + 1)).toBe(true);
    }
    expect(remarks).toContain('Every sample is drawn.');
    const annotations = annotationsOf(configuration);
    expect(annotations.map(({ type }) => type)).toEqual(['box', 'line', 'box', 'line', 'box', 'line']);
  });

  test('tells where the axis begins, and when it is logarithmic', () => {
    const remarksFor = (...medians: number[]) =>
      distributionChart(measuredOf(medians.map((medianMs, index) => ({ name: `m${index}`, medianMs }))), {
        ink,
      }).remarks.join(' ');
    expect(remarksFor(1, 1.1)).toContain('does not start at zero');
    expect(remarksFor(1, 5)).not.toContain('zero');
    expect(remarksFor(1, 50)).toContain('logarithmic');
  });

  test('holds every sample inside of its axis', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 6 }),
        (medians) => {
          const rows = measuredOf(
            medians.map((medianMs, index) => ({ name: `m${index}`, medianMs })),
            { rounds: 2 },
          );
          const { configuration } = distributionChart(rows, { ink });
          const { min, max } = axisOf(configuration, 'x');
          for (const { data } of configuration.data.datasets)
            for (const { x } of pointsOf(data)) {
              expect(x).toBeGreaterThanOrEqual(min);
              expect(x).toBeLessThanOrEqual(max);
            }
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('the drift of a run', () => {
  test('shows the median of each block at its round, counted from 1', () => {
    const rows = measuredOf(threeVersions);
    const [row] = rows as [MeasuredRow];
    const { configuration } = driftChart(row, { ink, colour: '#0000aa', rounds: roundsOf(rows) });
    const drawn = pointsOf(configuration.data.datasets[0]?.data);
    expect(drawn.map(({ x }) => x)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('spans at least ten per cent to either side, so that noise does not look like drift', () => {
    const rows = measuredOf([{ name: 'calm', medianMs: 10 }]);
    const [row] = rows as [MeasuredRow];
    const { configuration } = driftChart(row, { ink, colour: '#0000aa', rounds: roundsOf(rows) });
    const { min, max } = axisOf(configuration, 'y');
    expect(min).toBeLessThan(9.1);
    expect(max).toBeGreaterThan(10.9);
  });
});

describe('the speed-up', () => {
  const compared = (models: readonly ExampleModel[]) => measuredOf(models).filter(isCompared);

  test('spans from 1 to the estimate, with its interval, and says the verdict in words', () => {
    const rows = compared(threeVersions);
    const { configuration, description } = speedUpChart(rows, { ink });
    expect(rows.map(({ number }) => number)).toEqual([2, 3]);
    for (const [index, { comparison }] of rows.entries()) {
      const [point] = pointsOf(configuration.data.datasets[index]?.data);
      expect(point).toMatchObject({
        x: comparison.speedup.estimate,
        xMin: comparison.speedup.ciLow,
        xMax: comparison.speedup.ciHigh,
      });
    }
    expect(description).toContain('#2: 2.00× faster than #1');
  });

  test('draws the interval of a difference inside the noise, and no bar', () => {
    const { configuration, remarks, description } = speedUpChart(
      compared([
        { name: 'a', medianMs: 2 },
        { name: 'b', medianMs: 2.0001 },
      ]),
      { ink },
    );
    expect(annotationsOf(configuration).map(({ type }) => type)).toEqual(['line']);
    expect(pointsOf(configuration.data.datasets[0]?.data)).toHaveLength(1);
    expect(description).toContain('indistinguishable from #1');
    expect(remarks.join(' ')).toContain('inside the noise');
  });

  test('leaves out what has no interval', () => {
    expect(measuredOf(threeVersions, { rounds: 2 }).filter(isCompared)).toEqual([]);
  });

  test('its axis holds every ratio and 1, with few ticks that are the same on both sides', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 9 }),
        (ratios) => {
          const { domain, ticks } = createFactorScale(ratios);
          expect(domain[0]).toBeLessThan(Math.min(1, ...ratios));
          expect(domain[1]).toBeGreaterThan(Math.max(1, ...ratios));
          expect(ticks.length).toBeGreaterThanOrEqual(3);
          expect(ticks.length).toBeLessThanOrEqual(11);
          expect(ticks.filter(({ value }) => value === 1)).toEqual([{ value: 1, label: '1×' }]);
          for (const { value, label } of ticks) {
            const factor = Number(label.replaceAll(/[×,]/g, ''));
            expect(Math.max(value, 1 / value)).toBeCloseTo(factor, 9);
          }
        },
      ),
    );
  });
});

describe('the trade-off', () => {
  const chartOf = (models: readonly ExampleModel[], options: Parameters<typeof exampleExperiment>[1] = {}) => {
    const results = resultsOf(models, options);
    const tradeOff = tradeOffOf(results, results.rows.filter(isMeasured));
    return { tradeOff, ...tradeOffChart(tradeOff, { ink, bubbles: 'memory' }) };
  };

  test('holds accuracy with its interval where it is known', () => {
    const { tradeOff, configuration, description } = chartOf(threeVersions);
    expect(tradeOff.measure).toBe('top1');
    const [first] = pointsOf(configuration.data.datasets[0]?.data);
    expect(first?.y).toBeCloseTo(92.5, 6);
    expect(first?.yMin).toBeLessThan(92.5);
    expect(first?.yMax).toBeGreaterThan(92.5);
    expect(description).toContain('#1 net on node:cpu');
    expect(description).toContain('92.50 %');
  });

  test('holds agreement where there are no labels, and size where nothing is known', () => {
    const results = resultsOf(threeVersions);
    const rows = results.rows.filter(isMeasured);
    const unlabelled = results.quality.map((item) => ({ ...item, metrics: {} }));
    const bare = rows.map((row) => ({ ...row, quality: null }));
    const agreement = tradeOffOf({ datasetId: null, quality: unlabelled }, bare);
    expect(agreement.measure).toBe('agreement');
    expect(agreement.points.map(({ value }) => value)).toEqual([100, 99.11, 99.11]);
    const size = tradeOffOf({ datasetId: null, quality: [] }, bare);
    expect(size.measure).toBe('size');
    expect(tradeOffChart(size, { ink, bubbles: 'memory' }).remarks.join(' ')).toContain('bottom left');
  });

  test('joins the versions that no other one beats', () => {
    const { configuration } = chartOf([
      { name: 'accurate', medianMs: 3, correct: 9500 },
      { name: 'fast', medianMs: 1, correct: 9000 },
      { name: 'beaten', medianMs: 3.5, correct: 9400 },
    ]);
    const line = configuration.data.datasets.at(-1);
    expect(line?.label).toBe('Not beaten in both');
    expect(pointsOf(line?.data).map(({ y }) => Math.round(y))).toEqual([90, 95]);
  });

  test('gives each provider a shape of its own', () => {
    const { configuration } = chartOf(threeVersions, { providers: ['node:cpu', 'node:webgpu'] });
    const styles = configuration.data.datasets
      .slice(0, 6)
      .map((dataset) => (dataset as { pointStyle?: string }).pointStyle);
    expect(new Set(styles)).toEqual(new Set(['circle', 'rect']));
  });
});

describe('bubbles', () => {
  test('have an area in proportion to what they stand for, whatever their shape', () => {
    const { radiusOf } = createBubbleScale([100, 50]);
    expect(radiusOf(100) ** 2 / radiusOf(50) ** 2).toBeCloseTo(2, 9);
    const circle = Math.PI * 10 ** 2;
    expect(2 * radiusOfShape('square', 10) ** 2).toBeCloseTo(circle, 6);
    expect(((3 * Math.sqrt(3)) / 4) * radiusOfShape('triangle', 10) ** 2).toBeCloseTo(circle, 6);
  });
});

describe('the words of a row', () => {
  const label = {
    number: 7,
    name: 'fashion-resnet.static-percentile',
    condition: 'node:cpu, 4 threads',
    verdict: '1.86× faster',
  };

  test('are whole where there is room, and keep the verdict where there is not', () => {
    expect(fitRowLabel(label, { width: 900, others: [] })).toEqual({
      name: '#7 fashion-resnet.static-percentile',
      condition: 'node:cpu, 4 threads',
      verdict: '1.86× faster',
    });
    const narrow = fitRowLabel(label, { width: 220, others: [] });
    expect(narrow).toMatchObject({ condition: '', verdict: '1.86× faster' });
    expect(narrow.name).toContain('…');
  });
});

describe('lines over time', () => {
  test('memory is drawn by the kinds that are known, with a band for each phase', () => {
    const point = { anonymousBytes: 2 ** 20, fileBytes: null };
    const line = [
      { ...point, atMs: 0, phase: 'load' as const, residentBytes: 2 ** 20 },
      { ...point, atMs: 500, phase: 'load' as const, residentBytes: 3 * 2 ** 20 },
      { ...point, atMs: 900, phase: 'blocks' as const, residentBytes: 2 * 2 ** 20 },
    ];
    const { configuration, description } = memoryChart(line, { ink });
    expect(configuration.data.datasets.map(({ label }) => label)).toEqual(['All', 'Its own']);
    expect(configuration.data.datasets[0]?.data).toEqual([
      { x: 0, y: 1 },
      { x: 0.5, y: 3 },
      { x: 0.9, y: 2 },
    ]);
    expect(description).toBe('At most 3.00 MiB over 0.9 s; phases: load, blocks.');
  });

  test('continuous use is drawn from its first second on, with its middle half', () => {
    const window = { sampleCount: 10, lowerMs: 1, upperMs: 4, clockMegahertz: null };
    const windows = [
      { ...window, startedAtMs: 5000, medianMs: 2 },
      { ...window, startedAtMs: 6000, medianMs: 3 },
    ];
    const { configuration, description } = sustainedChart(windows, { ink });
    expect(configuration.data.datasets.map(({ data }) => data)).toEqual([
      [
        { x: 0, y: 2 },
        { x: 1, y: 3 },
      ],
      [
        { x: 0, y: 1 },
        { x: 1, y: 1 },
      ],
      [
        { x: 0, y: 4 },
        { x: 1, y: 4 },
      ],
    ]);
    expect(description).toContain('2.000 and 3.000 ms');
  });
});
