import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from './binary-message.ts';

const roundTrip = (message: unknown): unknown => decodeMessage(encodeMessage(message));

test('a message comes back with its arrays, their types and their bits', () => {
  const message = {
    kind: 'result',
    samplesMs: Float64Array.of(1.5, Number.NaN, -0),
    outputs: { logits: { dtype: 'float32', shape: [1, 3], bytes: Uint8Array.of(1, 2, 3) } },
    nested: [{ ids: BigInt64Array.of(-1n, 2n ** 62n) }, null, true, 'ä'],
  };
  expect(roundTrip(message)).toEqual(message);
});

test.each([Number.NaN, Infinity, -Infinity, 0.1])('the number %d comes back', (value) => {
  expect(roundTrip({ value })).toEqual({ value });
});

test('a view on a part of a buffer brings only that part', () => {
  const view = new Float32Array(new ArrayBuffer(32), 8, 2).fill(7);
  expect(roundTrip({ view })).toEqual({ view: Float32Array.of(7, 7) });
});

test('bytes that lie anywhere in a larger buffer can be read', () => {
  const encoded = encodeMessage({ values: Float64Array.of(1, 2) });
  const shifted = new Uint8Array(encoded.length + 3);
  shifted.set(encoded, 3);
  expect(decodeMessage(shifted.subarray(3))).toEqual({ values: Float64Array.of(1, 2) });
  expect(decodeMessage(Buffer.from(shifted.buffer, 3))).toEqual({ values: Float64Array.of(1, 2) });
});

test('what JSON holds comes back whatever the sizes of the arrays beside it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 4 }), (value, arrays) => {
      // JSON has no negative zero.
      fc.pre(!JSON.stringify(value).includes('$') && !JSON.stringify([value]).includes('-0'));
      expect(roundTrip({ value, arrays })).toEqual({ value: JSON.parse(JSON.stringify(value)), arrays });
    }),
  );
});
