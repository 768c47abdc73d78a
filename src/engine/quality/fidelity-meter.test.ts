import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFidelityMeter, type FidelityMeter, measureDistance } from './fidelity-meter.ts';

const output = (...values: number[]) => [{ name: 'logits', values: Float64Array.from(values) }];

describe('fidelity', () => {
  test('of identical outputs has no noise', () => {
    const meter = createFidelityMeter(0);
    meter.add(output(1, 2, 3), output(1, 2, 3));
    meter.add(output(4, 0, 1), output(4, 0, 1));
    expect(meter.result()).toEqual({
      cosine: 1,
      sqnrDb: null,
      klDivergence: 0,
      maxAbsoluteError: 0,
      top1Agreement: 1,
      top1AgreementCount: 2,
      itemCount: 2,
    });
  });

  test('is the mean cosine, the ratio of all signal to all noise, and the share of equal classes', () => {
    const meter = createFidelityMeter(0);
    meter.add(output(3, 4), output(3, 4));
    meter.add(output(3, 4), output(4, 3));
    const { cosine, sqnrDb, maxAbsoluteError, top1Agreement, top1AgreementCount } = meter.result();
    expect(cosine).toBeCloseTo((1 + 24 / 25) / 2, 12);
    expect(sqnrDb).toBeCloseTo(10 * Math.log10(50 / 2), 12);
    expect({ maxAbsoluteError, top1Agreement, top1AgreementCount }).toEqual({
      maxAbsoluteError: 1,
      top1Agreement: 0.5,
      top1AgreementCount: 1,
    });
  });

  test('of one value for each item is told by all items together', () => {
    const meter = createFidelityMeter(null);
    meter.add(output(3), output(4));
    meter.add(output(4), output(3));
    meter.add(output(0), output(1e-9));
    expect(meter.result().cosine).toBeCloseTo(24 / 25, 12);
  });

  test('of something that is no classifier has no classes', () => {
    const meter = createFidelityMeter(null);
    meter.add(output(1, 2), output(2, 1));
    expect(meter.result()).toMatchObject({ klDivergence: null, top1Agreement: null, top1AgreementCount: null });
  });

  test('of several outputs is that of the worst', () => {
    const meter = createFidelityMeter(null);
    meter.add(
      [...output(1, 0), { name: 'boxes', values: Float64Array.of(1000, 1000) }],
      [...output(1, 1), { name: 'boxes', values: Float64Array.of(1000, 1000) }],
    );
    expect(meter.result()).toMatchObject({ cosine: expect.closeTo(Math.SQRT1_2, 12), sqnrDb: 0 });
  });

  test.each([
    ['items', () => {}],
    ['outputs', (meter: FidelityMeter) => meter.add([], [])],
  ])('of no %s is not known', (_, fill) => {
    const meter = createFidelityMeter(null);
    fill(meter);
    expect(() => meter.result()).toThrow(expect.objectContaining({ kind: 'invalid-input' }));
  });

  test('of a silent reference is finite', () => {
    const meter = createFidelityMeter(null);
    meter.add(output(0, 0), output(1, 0));
    expect(meter.result()).toMatchObject({ cosine: 0, sqnrDb: -300 });
  });

  test('is refused for NaN, with the item', () => {
    const meter = createFidelityMeter(0);
    meter.add(output(1, 2), output(1, 2));
    expect(() => meter.add(output(1, 2), output(Number.NaN, 2))).toThrow(
      'The output “logits” has 1 value that is NaN or infinite for item 2, where the reference has none.',
    );
  });

  test('is refused for other shapes and for missing outputs', () => {
    expect(() => createFidelityMeter(0).add(output(1, 2), output(1))).toThrow('has 1 values where the reference has 2');
    expect(() => createFidelityMeter(0).add(output(1, 2), [])).toThrow('“logits” of the reference is missing');
  });
});

describe('the distance of two vectors', () => {
  const vector = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 3, maxLength: 3 });

  test('has a cosine between -1 and 1 that does not depend on the order', () => {
    fc.assert(
      fc.property(vector, vector, (a, b) => {
        const { cosine } = measureDistance(a, b);
        expect(Math.abs(cosine)).toBeLessThanOrEqual(1);
        expect(measureDistance(b, a).cosine).toBeCloseTo(cosine, 12);
      }),
    );
  });

  test('leaves out infinities that are the same in both', () => {
    expect(measureDistance([-Infinity, 1], [-Infinity, 1])).toMatchObject({ cosine: 1, nonFiniteCount: 0 });
    expect(measureDistance([-Infinity, 1], [0, 1])).toMatchObject({ nonFiniteCount: 1 });
  });
});
