import { expect, test } from 'vitest';
import { accuracyDataText, datasetText, evaluatedDataText } from './case-text.ts';

const top1 = { value: 0.9, ciLow: 0.88, ciHigh: 0.92, count: 900 };

test.each([
  [
    'the array of the classes is named',
    'file:frames.npz@0123456789ab#y',
    'frames.npz@0123456789ab with the classes “y”',
  ],
  [
    'an older version did not write it down',
    'file:frames.npz@0123456789ab',
    'frames.npz@0123456789ab (array of the classes not recorded)',
  ],
  ['data that has its own classes needs no array', 'fashion-mnist/test', 'fashion-mnist/test'],
])('of an accuracy %s', (_, datasetId, text) => {
  expect(accuracyDataText(datasetId)).toBe(text);
  expect(evaluatedDataText({ datasetId, metrics: { top1 } })).toBe(text);
});

test('where no accuracy was measured there were no classes to record', () => {
  const datasetId = 'file:frames.npz@0123456789ab';
  expect(evaluatedDataText({ datasetId, metrics: {} })).toBe('frames.npz@0123456789ab');
  expect(datasetText(datasetId)).toBe('frames.npz@0123456789ab');
});
