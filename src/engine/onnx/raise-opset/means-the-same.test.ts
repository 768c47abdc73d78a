import { expect, test } from 'vitest';
import { meansTheSame } from './means-the-same.ts';

test.each([
  ['Softmax', 11, 12, true],
  ['Softmax', 12, 13, false],
  ['Softmax', 17, 11, false],
  ['Softmax', 13, 21, true],
  ['Relu', 8, 21, true],
  // It came with 17.
  ['LayerNormalization', 16, 17, false],
  ['LayerNormalization', 17, 21, true],
  ['Hypothetical', 13, 17, false],
  ['Hypothetical', 17, 17, true],
  // Beyond what the table lists.
  ['Relu', 21, 23, false],
] as const)('%s of opset %i and %i: %s', (opType, opset, other, expected) => {
  expect(meansTheSame(opType, opset, other)).toBe(expected);
});
