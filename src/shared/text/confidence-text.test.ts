import { expect, test } from 'vitest';
import { confidenceSign, intervalName, intervalsName, namedInterval } from './confidence-text.ts';

test.each([
  ['95', '95 %', '95 % interval', '95 % intervals', '95 % interval 1.50–1.71×'],
  // Of a percentile, or in a document of an earlier version.
  [undefined, '95 %', '95 % interval', '95 % intervals', '95 % interval 1.50–1.71×'],
  [
    'at-least-95',
    '≥ 95 %',
    'interval of at least 95 %',
    'intervals of at least 95 %',
    'interval of at least 95 %: 1.50–1.71×',
  ],
] as const)('%s', (confidence, sign, name, plural, named) => {
  expect(confidenceSign(confidence)).toBe(sign);
  expect(intervalName(confidence)).toBe(name);
  expect(intervalsName(confidence)).toBe(plural);
  expect(namedInterval(confidence, '1.50–1.71×')).toBe(named);
});
