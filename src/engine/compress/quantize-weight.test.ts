import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type IntegerType, quantizeWeight } from './quantize-weight.ts';
import { roundHalfToEven } from '../onnx/round-half-to-even.ts';

test.each([
  [0.5, 0],
  [1.5, 2],
  [2.5, 2],
  [-0.5, 0],
  [-1.5, -2],
  [-2.5, -2],
  [2.500_001, 3],
  [-2.4, -2],
])('%d rounds to %d', (value, expected) => {
  expect(roundHalfToEven(value) + 0).toBe(expected);
});

const finiteFloats = fc.float({ noNaN: true, min: -1e6, max: 1e6 });
const weights = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })).chain(([rows, columns]) =>
  fc.tuple(
    fc.constant([rows, columns]),
    fc
      .array(finiteFloats, { minLength: rows * columns, maxLength: rows * columns })
      .map((list) => Float32Array.from(list)),
  ),
);

describe('every element, taken back, is at most half a step away', () => {
  test.each<[IntegerType, number | null, boolean]>([
    ['int8', null, false],
    ['int8', 0, false],
    ['int8', 1, true],
    ['uint8', null, false],
    ['uint8', 0, true],
    ['uint8', 1, false],
  ])('%s, axis %s, 7 bits: %s', (type, axis, isReduced) => {
    fc.assert(
      fc.property(weights, ([dims, weight]) => {
        const { values, scales, zeroPoints } = quantizeWeight(weight, { dims, axis, type, isReduced });
        const columns = dims[1] ?? 1;
        for (let index = 0; index < weight.length; index += 1) {
          const channel = axis === null ? 0 : axis === 0 ? Math.floor(index / columns) : index % columns;
          const scale = scales[channel] as number;
          const back = ((values[index] as number) - (zeroPoints[channel] as number)) * scale;
          // The rounded zero point can move the far end of a range by another half step.
          const steps = type === 'uint8' ? 1 : 0.5;
          expect(Math.abs(back - (weight[index] as number))).toBeLessThanOrEqual(scale * steps * (1 + 1e-5));
        }
      }),
    );
  });
});

test('int8 is symmetric, 7 bits stay within 63, and a channel of zeros stays zero', () => {
  const weight = Float32Array.of(0, 0, -2, 1.1);
  const about = { dims: [2, 2], axis: 0, type: 'int8', isReduced: false } as const;
  expect([...quantizeWeight(weight, about).values]).toEqual([0, 0, -127, 70]);
  expect([...quantizeWeight(weight, about).zeroPoints]).toEqual([0, 0]);
  expect([...quantizeWeight(weight, { ...about, isReduced: true }).values]).toEqual([0, 0, -63, 35]);
});

test('uint8 keeps zero exact', () => {
  const { values, scales, zeroPoints } = quantizeWeight(Float32Array.of(-1, 0, 3), {
    dims: [3],
    axis: null,
    type: 'uint8',
    isReduced: false,
  });
  expect((values[1] as number) - (zeroPoints[0] as number)).toBe(0);
  expect(scales[0]).toBeCloseTo(4 / 255, 6);
});
