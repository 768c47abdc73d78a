import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { roundBalanced } from './balance-rounding.ts';
import {
  ACTIVATION_TYPES,
  type ActivationType,
  channelMagnitudes,
  channelsOf,
  quantizeBias,
  quantizeConstant,
  quantizeSymmetric,
  scaleOf,
  shiftedZeroPoint,
} from './quantize-tensor.ts';

const types = Object.keys(ACTIVATION_TYPES) as ActivationType[];

describe('scale and zero point', () => {
  test.each<[ActivationType, number, number, number, number]>([
    ['uint8', 0, 255, 1, 0],
    ['uint8', -1, 1.55, 0.01, 100],
    ['int8', -128, 127, 1, 0],
    ['int8', 0, 255, 1, -128],
    ['uint16', -32_768, 32_767, 1, 32_768],
    ['int16', -1, 1, 2 / 65_535, 0],
  ])('%s over [%d, %d]', (type, minimum, maximum, scale, zeroPoint) => {
    const found = scaleOf({ minimum, maximum }, type);
    expect(found.scale).toBeCloseTo(scale, 6);
    // Half a step lies between the two middle integers of a symmetric range.
    expect(Math.abs(found.zeroPoint - zeroPoint)).toBeLessThanOrEqual(type === 'int16' ? 1 : 0);
  });

  test('of any range represent zero exactly, and its ends within half a step', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        fc.float({ min: -(2 ** 20), max: 0, noNaN: true }),
        fc.float({ min: 0, max: 2 ** 20, noNaN: true }),
        (type, minimum, maximum) => {
          fc.pre(maximum - minimum > 1e-30);
          const { lowest, highest } = ACTIVATION_TYPES[type];
          const { scale, zeroPoint } = scaleOf({ minimum, maximum }, type);
          expect(zeroPoint).toBeGreaterThanOrEqual(lowest);
          expect(zeroPoint).toBeLessThanOrEqual(highest);
          expect(Number.isInteger(zeroPoint)).toBe(true);
          expect((lowest - zeroPoint) * scale).toBeLessThanOrEqual(minimum + 0.51 * scale);
          expect((highest - zeroPoint) * scale).toBeGreaterThanOrEqual(maximum - 0.51 * scale);
        },
      ),
    );
  });

  test.each<[ActivationType, number]>([
    ['uint8', 128],
    ['int8', 0],
    ['uint16', 32_768],
    ['int16', 0],
  ])('of a symmetric range have the middle of %s, however the scale is rounded', (type, middle) => {
    const magnitude = fc.float({ min: 0, max: 2 ** 20, noNaN: true });
    fc.assert(
      fc.property(magnitude, (maximum) => {
        expect(scaleOf({ minimum: -maximum, maximum }, type, true).zeroPoint).toBe(middle);
      }),
    );
  });

  test('of a tensor that is always zero are 1 and its lowest integer, not a division by zero', () => {
    expect(scaleOf({ minimum: 0, maximum: 0 }, 'uint8')).toEqual({ scale: 1, zeroPoint: 0 });
    expect(scaleOf({ minimum: 0, maximum: 0 }, 'int8')).toEqual({ scale: 1, zeroPoint: 0 });
  });
});

describe('integers of a weight', () => {
  test('are rounded half to even, and saturate', () => {
    const values = Float32Array.of(0.5, 1.5, 2.5, -0.5, -1.5, 400, -400);
    const integers = quantizeSymmetric(values, channelsOf([7], null), Float32Array.of(1), 127);
    expect([...integers].map((value) => value + 0)).toEqual([0, 2, 2, 0, -2, 127, -127]);
  });

  test('have a scale for each channel along the axis', () => {
    const values = Float32Array.of(1, -2, 3, 4, -5, 6);
    expect([...channelMagnitudes(values, channelsOf([2, 3], 0))]).toEqual([3, 6]);
    expect([...channelMagnitudes(values, channelsOf([2, 3], 1))]).toEqual([4, 5, 6]);
    expect([...channelMagnitudes(values, channelsOf([2, 3], null))]).toEqual([6]);
  });

  test('that are balanced err by at most one step, and by half a step in each kernel and channel', () => {
    const shape = { outputs: 3, inputs: 4, kernel: 9 };
    const count = shape.outputs * shape.inputs * shape.kernel;
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: count, maxLength: count }),
        (list) => {
          const weight = Float32Array.from(list);
          const integers = roundBalanced(weight, shape, Float32Array.of(1), 127);
          const errors = Array.from(weight, (value, index) => (integers[index] as number) - value);
          for (const error of errors) expect(Math.abs(error)).toBeLessThanOrEqual(1 + 1e-9);
          for (let output = 0; output < shape.outputs; output += 1) {
            const own = errors.slice(output * 36, (output + 1) * 36);
            expect(Math.abs(sum(own))).toBeLessThanOrEqual(0.5 + 1e-6);
            for (let input = 0; input < shape.inputs; input += 1) {
              // Balancing the channel may move one element of a kernel.
              expect(Math.abs(sum(own.slice(input * 9, (input + 1) * 9)))).toBeLessThanOrEqual(1 + 1e-6);
            }
          }
        },
      ),
    );
  });

  test('of a bias are steps of its own scale, within int32', () => {
    const bias = quantizeBias(Float32Array.of(1, -2.5, 1e30), Float32Array.of(0.5, 1, 1e-9));
    expect([...bias]).toEqual([2, -2, 2 ** 31 - 1]);
  });
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

describe('constants among integers', () => {
  test('are represented exactly', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        fc.float({ min: -(2 ** 20), max: 2 ** 20, noNaN: true }),
        fc.boolean(),
        (type, value, isSymmetric) => {
          fc.pre(value === 0 || Math.abs(value) > 2 ** -120);
          const { lowest, highest } = ACTIVATION_TYPES[type];
          const { scale, zeroPoint, integer } = quantizeConstant(value, type, isSymmetric);
          expect(isSymmetric && zeroPoint !== (lowest + highest + 1) / 2).toBe(false);
          for (const own of [zeroPoint, integer]) {
            expect(own).toBeGreaterThanOrEqual(lowest);
            expect(own).toBeLessThanOrEqual(highest);
          }
          expect((integer - zeroPoint) * scale + 0).toBe(value + 0);
        },
      ),
    );
  });

  test('that are added are two zero points, at most half a step apart from the shift', () => {
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.double({ min: -1, max: 1, noNaN: true }), (type, share) => {
        const own = scaleOf({ minimum: -1, maximum: 1 }, type);
        const zeroBefore = shiftedZeroPoint(own, share, type);
        // Of both zeros being inside of the range one step at its ends is left over.
        expect(Math.abs((zeroBefore - own.zeroPoint) * own.scale - share)).toBeLessThanOrEqual(1.001 * own.scale);
      }),
    );
  });
});
