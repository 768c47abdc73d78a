import { expect, test } from 'vitest';
import { commonConfidence, intervalConfidence } from './interval-confidence.ts';

test.each([
  [39, undefined, 'at-least-95'],
  [40, undefined, '95'],
  [40, 0.959, 'at-least-95'],
] as const)('%d rounds at the level %s', (roundCount, level, expected) => {
  expect(intervalConfidence(roundCount, level)).toBe(expected);
});

test.each([
  ['all are of many rounds', [{ confidence: '95' }, { confidence: '95' }], '95'],
  ['one is of few', [{ confidence: '95' }, { confidence: 'at-least-95' }], 'at-least-95'],
  ['of percentiles', [{}, {}], '95'],
  ['what failed does not count', [null, undefined, { confidence: '95' }], '95'],
  ['none has an interval', [{ confidence: null }, null, undefined], null],
  ['nothing', [], null],
] as const)('%s', (_, all, expected) => {
  expect(commonConfidence(all)).toBe(expected);
});
