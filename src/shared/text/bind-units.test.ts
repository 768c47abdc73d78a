import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bindUnits, bindUnitsAfter } from './bind-units.ts';

/** `_` for the space that does not break. */
const shown = (text: string): string => text.replaceAll('\u00a0', '_');

test.each([
  ['74 % smaller', '74_% smaller'],
  ['95 % interval 2.1–2.4 ms', '95_% interval 2.1–2.4_ms'],
  ['2.60 MiB, 812 µs, 1 h 3 min', '2.60_MiB, 812_µs, 1_h 3_min'],
  ['677 k nodes at 3,000 MHz', '677_k nodes at 3,000_MHz'],
  ['3 summers, 5 minutes, 2 x 4 Batches', '3 summers, 5 minutes, 2 x 4 Batches'],
  ['net v2 s8', 'net v2 s8'],
  ['no figure % here', 'no figure % here'],
])('%j is bound as %j', (text, expected) => {
  expect(shown(bindUnits(text))).toBe(expected);
});

test('a unit that continues a figure is bound to it, and to nothing else', () => {
  expect(shown(bindUnitsAfter(12.3, ' ms for 5 s'))).toBe('_ms for 5_s');
  expect(bindUnitsAfter('12 runs', ' ms')).toBe(' ms');
  expect(bindUnitsAfter('12', ' runs')).toBe(' runs');
});

test('nothing but spaces changes, and what is bound stays so', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[\d %.a-zA-Zµ]*$/), (text) => {
      const bound = bindUnits(text);
      expect(bound.replaceAll('\u00a0', ' ')).toBe(text);
      expect(bindUnits(bound)).toBe(bound);
    }),
  );
});
