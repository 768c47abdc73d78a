import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitName, textWidth } from './chart-text.ts';
import { paretoFront } from './pareto-front.ts';
import { placeLabels } from './place-labels.ts';
import { createLinearScale, createTimeScale } from './scale.ts';
import { thinSamples } from './thin-samples.ts';

const times = fc.double({ min: 1e-3, max: 1e5, noNaN: true });

describe('a scale', () => {
  test('holds every value, keeps their order, and has ticks inside', () => {
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 20 }), (values) => {
        const scale = createTimeScale({ values, range: [10, 500], tickCount: 8 });
        const places = values.toSorted((a, b) => a - b).map(scale.map);
        for (const [index, place] of places.entries()) {
          expect(place).toBeGreaterThanOrEqual(10);
          expect(place).toBeLessThanOrEqual(500);
          expect(place).toBeGreaterThanOrEqual(places[index - 1] ?? 0);
        }
        for (const { value } of scale.ticks) {
          expect(scale.map(value)).toBeGreaterThanOrEqual(10 - 1e-6);
          expect(scale.map(value)).toBeLessThanOrEqual(500 + 1e-6);
        }
        expect(scale.ticks.length).toBeGreaterThanOrEqual(1);
        expect(scale.ticks.length).toBeLessThanOrEqual(13);
        expect(new Set(scale.ticks.map(({ label }) => label)).size).toBe(scale.ticks.length);
      }),
    );
  });

  test('starts at zero where that wastes little room, and is logarithmic where it must be', () => {
    const of = (...values: number[]) => createTimeScale({ values, range: [0, 100], tickCount: 5 });
    expect(of(1, 5)).toMatchObject({ startsAtZero: true, isLogarithmic: false });
    expect(of(9, 10)).toMatchObject({ startsAtZero: false, isLogarithmic: false });
    expect(of(1, 100)).toMatchObject({ startsAtZero: false, isLogarithmic: true });
    expect(of(0, 0)).toMatchObject({ startsAtZero: true, isLogarithmic: false });
  });

  test('labels its ticks with the numbers they stand at', () => {
    const { ticks } = createLinearScale([0.07, 0.31], [0, 100], 5);
    expect(ticks.map(({ label }) => label)).toEqual(['0.10', '0.15', '0.20', '0.25', '0.30']);
    for (const { value, label } of ticks) expect(Number(label)).toBeCloseTo(value, 10);
  });
});

describe('the Pareto front', () => {
  const measure = { costOf: ({ ms }: { ms: number }) => ms, gainOf: ({ correct }: { correct: number }) => correct };

  test('holds what no other version beats in both, fastest first', () => {
    const front = paretoFront(
      [
        { name: 'accurate', ms: 3, correct: 9500 },
        { name: 'fast', ms: 1, correct: 9000 },
        { name: 'beaten', ms: 3.5, correct: 9400 },
        { name: 'middle', ms: 2, correct: 9200 },
      ],
      measure,
    );
    expect(front.map(({ name }) => name)).toEqual(['fast', 'middle', 'accurate']);
  });

  test('holds two that are equal', () => {
    expect(
      paretoFront(
        [
          { ms: 1, correct: 9000 },
          { ms: 1, correct: 9000 },
        ],
        measure,
      ),
    ).toHaveLength(2);
  });
});

describe('labels', () => {
  test('stay inside of the chart and apart, where there is room', () => {
    const area = { left: 0, top: 0, right: 700, bottom: 300 };
    const points = [
      { x: 350, y: 150, width: 80 },
      { x: 352, y: 151, width: 80 },
      { x: 690, y: 10, width: 80 },
      { x: 5, y: 290, width: 80 },
    ];
    const boxes = placeLabels(points, area).map(({ x, baseline, anchor }) => {
      const left = anchor === 'start' ? x : anchor === 'end' ? x - 80 : x - 40;
      return { left, right: left + 80, top: baseline - 9.5, bottom: baseline + 2.5 };
    });
    for (const [index, box] of boxes.entries()) {
      expect(box.left).toBeGreaterThanOrEqual(0);
      expect(box.right).toBeLessThanOrEqual(700);
      expect(box.top).toBeGreaterThanOrEqual(0);
      expect(box.bottom).toBeLessThanOrEqual(300);
      for (const other of boxes.slice(index + 1)) {
        const apart =
          box.right <= other.left || other.right <= box.left || box.bottom <= other.top || other.bottom <= box.top;
        expect(apart).toBe(true);
      }
    }
  });

  test('fit, and leave out the name of the parent first', () => {
    const font = { size: 11 };
    const name = 'fashion-resnet.static-percentile-u8s8-perchannel';
    const others = ['fashion-resnet', name];
    expect(fitName(name, { width: 1000, font, others })).toBe(name);
    expect(fitName(name, { width: 240, font, others })).toBe('…static-percentile-u8s8-perchannel');
    for (const width of [60, 120, 200])
      expect(textWidth(fitName(name, { width, font, others }), font)).toBeLessThanOrEqual(width);
  });
});

describe('samples that are drawn', () => {
  test('are all of few, and of many as many as asked with both ends', () => {
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 500 }), (values) => {
        const sorted = Float64Array.from(values).sort();
        const thin = thinSamples(sorted, 100);
        expect(thin).toHaveLength(Math.min(100, sorted.length));
        expect([thin[0], thin.at(-1)]).toEqual([sorted[0], sorted.at(-1)]);
      }),
    );
  });
});
