import { expect, test } from 'vitest';
import { intervalName, intervalsName, namedInterval, titleWithConfidence } from './confidence-text.ts';

test.each([
  ['95', 'ms (95 %)', '95 % interval', '95 % intervals', '95 % interval 1.50–1.71×'],
  // Of a percentile, or in a document of an earlier version.
  [undefined, 'ms (95 %)', '95 % interval', '95 % intervals', '95 % interval 1.50–1.71×'],
  [
    'at-least-95',
    'ms (≥ 95 %)',
    'interval of at least 95 %',
    'intervals of at least 95 %',
    'interval of at least 95 %: 1.50–1.71×',
  ],
  // Of what has none.
  [null, 'ms', 'interval', 'intervals', 'interval 1.50–1.71×'],
] as const)('%s', (confidence, title, name, plural, interval) => {
  expect(titleWithConfidence('ms', confidence)).toBe(title);
  expect(intervalName(confidence)).toBe(name);
  expect(intervalsName(confidence)).toBe(plural);
  expect(namedInterval(confidence, '1.50–1.71×')).toBe(interval);
});
