import { expect, test } from 'vitest';
import type { EngineTensor } from '#shared/engine-protocol.ts';
import { compareRepeats } from './compare-repeats.ts';

const floats = (...values: number[]): EngineTensor => ({
  dtype: 'float32',
  shape: [values.length],
  bytes: new Uint8Array(Float32Array.from(values).buffer),
});

test('equal bits are equal runs, NaN included', () => {
  expect(compareRepeats({ y: floats(1, Number.NaN) }, { y: floats(1, Number.NaN) })).toEqual({
    isIdentical: true,
    output: null,
    maxAbsoluteError: null,
    relativeError: null,
  });
});

test('a zero of the other sign is no equal bit, and no difference', () => {
  expect(compareRepeats({ y: floats(0, 1) }, { y: floats(-0, 1) })).toMatchObject({
    isIdentical: false,
    output: 'y',
    maxAbsoluteError: 0,
  });
});

test('the output that differs most by its own measure is named, with how far', () => {
  const repeat = compareRepeats(
    { large: floats(1000, -1000), small: floats(1, -1) },
    { large: floats(1001, -1000), small: floats(1.5, -1) },
  );
  expect(repeat).toEqual({ isIdentical: false, output: 'small', maxAbsoluteError: 0.5, relativeError: 0.5 });
});

test('outputs of another size, or missing ones, differ without a number', () => {
  expect(compareRepeats({ y: floats(1, 2) }, { y: floats(1) })).toMatchObject({
    isIdentical: false,
    relativeError: null,
  });
  expect(compareRepeats({ y: floats(1, 2) }, {})).toMatchObject({ isIdentical: false, output: 'y' });
});
