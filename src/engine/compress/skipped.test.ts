import { expect, test } from 'vitest';
import { describeSkipped } from './skipped.ts';

test.each([
  [1, 'its weight is not constant', '1 layer stayed as it was: its weight is not constant.'],
  [4, 'its weight is not constant', '4 layers stayed as they were, each because its weight is not constant.'],
  [2, 'rounding them saves nothing', '2 layers stayed as they were: rounding them saves nothing.'],
])('of %i it is said in one sentence that it is so because %s', (count, reason, sentence) => {
  const skipped = Array.from({ length: count }, (_, index) => ({ name: `layer ${index}`, reason }));
  expect(describeSkipped(skipped, 'layer').map(({ message }) => message)).toEqual([sentence]);
});
