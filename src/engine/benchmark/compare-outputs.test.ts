import { describe, expect, test } from 'vitest';
import type { EngineTensor } from '#shared/engine-protocol.ts';
import { type Arithmetic, compareOutputs } from './compare-outputs.ts';

const floats = (...values: number[]): EngineTensor => ({
  dtype: 'float32',
  shape: [1, values.length],
  bytes: new Uint8Array(Float32Array.from(values).buffer),
});
const integers = (...values: number[]): EngineTensor => ({
  dtype: 'int64',
  shape: [values.length],
  bytes: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
});

describe('outputs', () => {
  test('that are the same pass', () => {
    expect(compareOutputs({ y: floats(1, 2) }, { y: floats(1, 2) }, 'float32')).toMatchObject({
      passed: true,
      cosine: 1,
      maxAbsoluteError: 0,
      toleranceRatio: 0,
      nonFiniteCount: 0,
      message: expect.stringMatching(/agree with those of node:cpu/),
    });
  });

  test.each<[string, number, Arithmetic, boolean]>([
    ['a rounding error', 1e-6, 'float32', true],
    ['TF32', 1e-3, 'float32', true],
    ['a wrong value', 1e-2, 'float32', false],
    ['float16 arithmetic', 1e-2, 'float16', true],
    ['more than float16 arithmetic', 1e-1, 'float16', false],
    ['a step of int8', 5e-2, 'int8', true],
    ['more than some steps of int8', 0.5, 'int8', false],
  ])('with %s: %f in %s arithmetic', (_, error, arithmetic, passed) => {
    const parity = compareOutputs({ y: floats(1, -1, 0) }, { y: floats(1 + error, -1, 0) }, arithmetic);
    expect(parity.passed).toBe(passed);
    expect(parity.maxAbsoluteError).toBeCloseTo(error, 5);
  });

  test('are judged alike at any magnitude', () => {
    const ratioAt = (scale: number) =>
      compareOutputs({ y: floats(scale, -scale) }, { y: floats(1.01 * scale, -scale) }, 'float32').toleranceRatio;
    expect(ratioAt(1e-6)).toBeCloseTo(ratioAt(1) as number, 3);
    expect(ratioAt(1e6)).toBeCloseTo(ratioAt(1) as number, 3);
  });

  test('with NaN do not pass, and say how many', () => {
    expect(compareOutputs({ y: floats(1, 2) }, { y: floats(1, Number.NaN) }, 'float16')).toMatchObject({
      passed: false,
      nonFiniteCount: 1,
      message: '1 value is NaN or infinite on one of the two alone, the provider or node:cpu.',
    });
  });

  test('may be infinite where the reference is', () => {
    const masked = floats(-Infinity, 2);
    expect(compareOutputs({ y: masked }, { y: masked }, 'float32').passed).toBe(true);
  });

  test('of zeros pass only as zeros', () => {
    expect(compareOutputs({ y: floats(0, 0) }, { y: floats(0, 0) }, 'float32').passed).toBe(true);
    expect(compareOutputs({ y: floats(0, 0) }, { y: floats(0, 1e-3) }, 'float32').passed).toBe(false);
  });

  test('the worst of several is named', () => {
    const reference = { a: floats(1), b: floats(1) };
    expect(compareOutputs(reference, { a: floats(1.001), b: floats(2) }, 'float32').message).toContain('“b”');
  });

  test('of class scores tell how often the best class is the same', () => {
    const scores = (...rows: number[][]): EngineTensor => ({ ...floats(...rows.flat()), shape: [rows.length, 3] });
    const reference = { logits: scores([3, 1, 0], [0, 1, 3]) };
    expect(compareOutputs(reference, reference, 'float32').top1Agreement).toBe(1);
    expect(compareOutputs(reference, { logits: scores([3, 1, 0], [3, 1, 0]) }, 'int8')).toMatchObject({
      passed: false,
      top1Agreement: 0.5,
      message: expect.stringContaining('same best class for 1 of 2'),
    });
    expect(compareOutputs({ y: integers(1) }, { y: integers(1) }, 'float32').top1Agreement).toBeNull();
  });

  test('that are missing or of another shape are told', () => {
    expect(compareOutputs({ y: floats(1) }, {}, 'float32')).toMatchObject({
      passed: false,
      toleranceRatio: null,
      message: 'The output “y” is missing.',
    });
    expect(compareOutputs({ y: floats(1, 2) }, { y: floats(1) }, 'float32').message).toBe(
      'The output “y” is float32 [1, 1] where node:cpu gives float32 [1, 2].',
    );
  });
});

describe('integer outputs', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index);

  test.each([
    [1, true],
    [2, false],
  ])('with %i of 100 different', (count, passed) => {
    const other = hundred.map((value) => (value < count ? value + 1 : value));
    expect(compareOutputs({ y: integers(...hundred) }, { y: integers(...other) }, 'float32').passed).toBe(passed);
  });

  test('do not count where there are floats: they follow from them', () => {
    const reference = { scores: floats(1, 2), best: integers(1) };
    expect(compareOutputs(reference, { ...reference, best: integers(0) }, 'float32').passed).toBe(true);
  });
});
