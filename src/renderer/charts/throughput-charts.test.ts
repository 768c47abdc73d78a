import { deriveResults } from '#shared/answer/derive-results.ts';
import type { LatencyBound } from '#shared/latency-bound.ts';
import { type OfflineFigure, offlineFigure } from '#shared/scenarios/offline-figure.ts';
import type { OfflineResult } from '#shared/scenarios/offline.ts';
import { rateFigure, type RateFigure } from '#shared/scenarios/rate-figure.ts';
import type { ScenarioOutcome } from '#shared/scenarios/scenario.ts';
import { sweepFigure } from '#shared/sweet-spot/sweep-figure.ts';
import { describe, expect, test } from 'vitest';
import { exampleScenarios } from '../../../tests/fakes/example-scenarios.ts';
import { exampleSweep, sixPoints } from '../../../tests/fakes/example-sweep.ts';
import { annotationsOf, axisOf, ink, pointsOf } from '../../../tests/fakes/read-chart.ts';
import { offlineChart } from './offline-chart.ts';
import { rateChart } from './rate-chart.ts';
import { sweepChart } from './sweep-chart.ts';

describe('latency against throughput', () => {
  const chartWith = (latencyBound: LatencyBound | null) => {
    const { experiment, blocksByRunId } = exampleSweep(sixPoints);
    const [sweep] = deriveResults(experiment, { quality: [], blocksByRunId, latencyBound }).sweeps;
    const figure = sweep && sweepFigure(sweep);
    if (!figure) throw new Error('The example can be drawn.');
    return sweepChart(figure, { bound: latencyBound, ink });
  };

  test('the bound is a line within the axis, also where every point lies on one side of it', () => {
    for (const ms of [0.1, 4.5, 300]) {
      const { configuration } = chartWith({ ms, statistic: 'median' });
      expect(annotationsOf(configuration)).toMatchObject([{ type: 'line', xMin: ms, xMax: ms }]);
      const axis = axisOf(configuration, 'x');
      expect([axis.min <= ms, axis.max >= ms]).toEqual([true, true]);
    }
    expect(annotationsOf(chartWith(null).configuration)).toEqual([]);
  });

  test('whether a point holds the bound is said by its fill, and in words for those who do not see it', () => {
    const { configuration, description, remarks } = chartWith({ ms: 4.5, statistic: 'median' });
    const fills = configuration.data.datasets.slice(0, sixPoints.length).map(({ backgroundColor }) => backgroundColor);
    const hollow = `${ink.ground}ff`;
    expect(fills.map((fill) => fill !== hollow)).toEqual([true, true, false, true, true, false]);
    expect(description).toContain('#5 2 threads, batch 4: 2.000 ms');
    expect(description).toContain('2,000 items per second, bound: holds, sweet spot. No other one beats it in both.');
    expect(description).toContain('bound: does not hold');
    expect(remarks).toContain('The ring marks the sweet spot.');
  });

  test('there is none where the samples are too few for the percentile', () => {
    const { experiment, blocksByRunId } = exampleSweep(sixPoints, { rounds: 6, samples: 20 });
    const latencyBound = { ms: 5, statistic: 'p99' } as const;
    const [sweep] = deriveResults(experiment, { quality: [], blocksByRunId, latencyBound }).sweeps;
    expect(sweep && sweepFigure(sweep)).toBeNull();
  });
});

describe('latency against the rate of requests', () => {
  const server = exampleScenarios.find(({ kind }) => kind === 'server') as Extract<ScenarioOutcome, { kind: 'server' }>;
  const result = server.result as NonNullable<typeof server.result>;

  test('the bound is within the axis, and the answer is a line', () => {
    for (const latencyBoundMs of [0.5, 20, 4000]) {
      const figure = rateFigure({ ...result, latencyBoundMs }) as RateFigure;
      const { configuration } = rateChart(figure, { ink });
      expect(annotationsOf(configuration)).toMatchObject([
        { yMin: latencyBoundMs, yMax: latencyBoundMs },
        { xMin: 148, xMax: 148 },
      ]);
      const axis = axisOf(configuration, 'y');
      expect([axis.min <= latencyBoundMs, axis.max >= latencyBoundMs]).toEqual([true, true]);
    }
    const none = rateFigure({ ...result, ratePerSecond: null }) as RateFigure;
    expect(annotationsOf(rateChart(none, { ink }).configuration)).toHaveLength(1);
  });

  test.each([
    [0.98, 'The bound is one of 98 % of the requests, the latency drawn is p99: a mark above its line may hold it.'],
    [0.999, 'one of 99.9 % of the requests, the latency drawn is p99: a mark below its line need not hold it.'],
  ])('says where the bound is one of another percentile than is drawn: %d', (percentile, remark) => {
    const { remarks } = rateFigure({ ...result, percentile }) as RateFigure;
    expect(remarks.join(' ')).toContain(remark);
    expect(rateFigure(result)?.remarks.join(' ')).not.toContain('latency drawn');
  });

  test('says each rate with its verdict, and counts those without enough requests', () => {
    const probes = result.probes.map((probe, index) =>
      index === 0 ? { ...probe, latencyMs: { ...probe.latencyMs, p99: null } } : probe,
    );
    const figure = rateFigure({ ...result, probes }) as RateFigure;
    const { description, remarks } = rateChart(figure, { ink });
    expect(description).toContain('148 per second: p99 19.00 ms of 2,000 requests, measured after the search, holds');
    expect(description).not.toContain('98 per second');
    expect(remarks.join(' ')).toContain('1 of 6 rates had too few requests for p99');
  });
});

describe('throughput over the batch', () => {
  const offline = exampleScenarios.find(({ kind }) => kind === 'offline');
  const result = (offline as Extract<ScenarioOutcome, { kind: 'offline' }>).result as OfflineResult;
  const chartWith = (bound: LatencyBound | null) => {
    const figure = offlineFigure(result, bound) as OfflineFigure;
    return { figure, ...offlineChart(figure, { ink }) };
  };

  test('has a line for each number of instances by rising batch, intervals, and batches as ticks', () => {
    const { configuration } = chartWith(null);
    const [one, two, ring, , line] = configuration.data.datasets;
    expect([one?.label, two?.label]).toEqual(['1 instance', '2 instances']);
    expect(pointsOf(two?.data).map(({ x, y }) => [x, y])).toEqual([
      [1, 341],
      [8, 392],
      [32, 389],
    ]);
    expect(pointsOf(line?.data)).toHaveLength(3);
    expect(pointsOf(two?.data)[1]).toMatchObject({ yMin: 392 * 0.985, yMax: 392 * 1.015 });
    expect(pointsOf(ring?.data)).toEqual([{ x: 8, y: 392 }]);
    const axis = { ticks: [] as { value: number }[] };
    const { scales } = configuration.options as { scales: { x: { afterBuildTicks: (of: typeof axis) => void } } };
    scales.x.afterBuildTicks(axis);
    expect(axis.ticks.map(({ value }) => value)).toEqual([1, 8, 32]);
  });

  test('within a bound the ring is at the choice, what does not hold is hollow, and where nothing holds there is no ring', () => {
    const { configuration, description, remarks } = chartWith({ ms: 10, statistic: 'median' });
    const [one, two, ring] = configuration.data.datasets;
    expect([one, two].map((dataset) => dataset?.backgroundColor)).toEqual([
      ['#ffffff'],
      ['#aa0000', '#ffffff', '#ffffff'],
    ]);
    expect(pointsOf(ring?.data)).toEqual([{ x: 1, y: 341 }]);
    expect(description).toContain('bound: does not hold');
    expect(remarks.join(' ')).toContain('The ring marks the choice within a median of 10 ms or less.');
    expect(chartWith({ ms: 0.1, statistic: 'median' }).figure.marked).toBeNull();
  });

  test('a point of too few rounds has no bar, and that is said', () => {
    const [first, ...others] = result.points;
    if (first === undefined) throw new Error('The example has points.');
    const unsure = { ...first, itemsPerSecond: { ...first.itemsPerSecond, ciLow: null, ciHigh: null } };
    const figure = offlineFigure({ ...result, points: [unsure, ...others] }, null) as OfflineFigure;
    const { configuration, remarks } = offlineChart(figure, { ink });
    const drawn = configuration.data.datasets.slice(0, 2).flatMap(({ data }) => pointsOf(data));
    expect(drawn.filter((point) => !('yMin' in point))).toEqual([
      { x: first.batchSize, y: first.itemsPerSecond.estimate },
    ]);
    expect(remarks.join(' ')).toContain('A mark without a bar had too few rounds for an interval.');
    expect(chartWith(null).remarks.join(' ')).not.toContain('without a bar');
  });

  test('bars of few rounds are said to be of at least 95 %', () => {
    const ofFew = result.points.map((point) => ({
      ...point,
      itemsPerSecond: { ...point.itemsPerSecond, confidence: 'at-least-95' as const },
    }));
    const remarksOf = (points: typeof result.points): string =>
      (offlineFigure({ ...result, points }, null) as OfflineFigure).remarks.join(' ');
    expect(remarksOf(ofFew)).toContain('Bars are intervals of at least 95 %.');
    expect(remarksOf(result.points)).toContain('Bars are 95 % intervals.');
  });

  test('there is none of a single point', () => {
    expect(offlineFigure({ ...result, points: result.points.slice(0, 1) }, null)).toBeNull();
  });
});
