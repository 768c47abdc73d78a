import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromPathColumn, fromSamplesColumn, toPathColumn, toSamplesColumn } from './columns.ts';

test('samples come back bit for bit', () => {
  fc.assert(
    fc.property(fc.float64Array(), (samples) => {
      expect(fromSamplesColumn(toSamplesColumn(samples))).toEqual(samples);
    }),
  );
});

test('samples are little-endian', () => {
  expect([...toSamplesColumn([1])]).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
});

test.each([
  ['/home/w', '/home/w/models/a/b.onnx', 'models/a/b.onnx'],
  ['/home/w', '/home/w-other/b.onnx', '/home/w-other/b.onnx'],
  ['/home/w', '/elsewhere/b.onnx', '/elsewhere/b.onnx'],
])('in the home %s the path %s is stored as %s', (homePath, path, column) => {
  expect(toPathColumn(homePath, path)).toBe(column);
  expect(fromPathColumn(homePath, column)).toBe(path);
});
