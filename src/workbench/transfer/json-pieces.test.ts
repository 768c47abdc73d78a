import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonPieces } from './json-pieces.ts';

test('together the pieces are the JSON of the value, however deep it is taken apart', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(6), (value, depth) => {
      expect([...jsonPieces(value, depth)].join('')).toBe(JSON.stringify(value));
    }),
  );
});

test('keys without a value are left out', () => {
  const value = { a: undefined, b: [{ c: undefined, d: null }], e: undefined };
  expect([...jsonPieces(value, 3)].join('')).toBe('{"b":[{"d":null}]}');
});

test('what lies deeper than asked is one piece', () => {
  const pieces = [...jsonPieces({ runs: [{ samplesMs: [1, 2] }, { samplesMs: [3] }] }, 3)];
  expect(pieces).toContain('[1,2]');
  expect(pieces).toContain('[3]');
});
