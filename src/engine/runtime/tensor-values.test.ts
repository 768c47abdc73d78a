import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeFloat16, encodeFloat16 } from '../onnx/half.ts';
import { readNumbers } from './tensor-values.ts';

const allHalves = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);

describe('float16', () => {
  test('every bit pattern is decoded and encoded back, NaN as a quiet NaN', () => {
    const isNaN = (bits: number): boolean => (bits & 0x7fff) > 0x7c00;
    const values = decodeFloat16(allHalves);
    expect(Array.from(values, Number.isNaN)).toEqual(Array.from(allHalves, isNaN));
    const expected = allHalves.map((bits) => (isNaN(bits) ? 0x7e00 : bits));
    expect(encodeFloat16(values)).toEqual(expected);
  });

  test.each([
    [1, 0x3c00],
    [-2, 0xc000],
    [65_504, 0x7bff],
    [65_519.99, 0x7bff],
    [65_520, 0x7c00],
    [Infinity, 0x7c00],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [3 * 2 ** -25, 0x0002],
    [2 ** -14, 0x0400],
    // Half-way cases go to the even neighbour.
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
  ])('%f is encoded as %i', (value, bits) => {
    expect(encodeFloat16([value])[0]).toBe(bits);
    expect(encodeFloat16([-value])[0]).toBe(bits ^ 0x8000);
  });

  test('rounding never picks a neighbour that is farther away', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: -60_000, max: 60_000 }), (value) => {
        const [bits = 0] = encodeFloat16([value]);
        const [own = 0, below = 0, above = 0] = decodeFloat16(Uint16Array.of(bits, bits - 1, bits + 1));
        const distances = [below, above].filter(Number.isFinite).map((neighbour) => Math.abs(neighbour - value));
        expect(Math.abs(own - value)).toBeLessThanOrEqual(Math.min(...distances));
      }),
    );
  });
});

describe('readNumbers', () => {
  test.each([
    ['float32', Float32Array.of(1.5, -2), [1.5, -2]],
    ['float64', Float64Array.of(1e300), [1e300]],
    ['int64', BigInt64Array.of(-5n, 7n), [-5, 7]],
    ['uint64', BigUint64Array.of(9n), [9]],
    ['int8', Int8Array.of(-128, 127), [-128, 127]],
    ['uint8', Uint8Array.of(255), [255]],
    ['bool', Uint8Array.of(1, 0), [1, 0]],
    ['int32', Int32Array.of(-1), [-1]],
  ])('reads %s', (dtype, values, expected) => {
    expect(Array.from(readNumbers(dtype, new Uint8Array(values.buffer)))).toEqual(expected);
  });

  test('reads a view that is not aligned', () => {
    const bytes = new Uint8Array(9);
    bytes.set(new Uint8Array(Float32Array.of(1, 2).buffer), 1);
    expect(Array.from(readNumbers('float32', bytes.subarray(1)))).toEqual([1, 2]);
  });

  test('refuses strings', () => {
    expect(() => readNumbers('string', new Uint8Array(0))).toThrow('element type string');
  });
});
