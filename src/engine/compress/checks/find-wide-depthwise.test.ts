import { expect, test } from 'vitest';
import { modelOf, nodeOf } from '../../../../tests/fakes/small-model.ts';
import { findWideDepthwise } from './find-wide-depthwise.ts';

test.each([
  ['QLinearConv', 88n, 5n, ['QLinearConv_y']],
  ['QLinearConv', 88n, 3n, []],
  ['QLinearConv', 1n, 5n, []],
  ['Conv', 88n, 5n, []],
])('of %s with %s groups and kernels of %s are told: %j', (opType, group, size, told) => {
  const nodes = [nodeOf(opType, ['x', 'w'], ['y'], { group, kernel_shape: [size, size] })];
  const findings = findWideDepthwise(modelOf(17, { outputs: ['y'], nodes }));
  expect(findings.flatMap(({ subjects }) => subjects)).toEqual(told);
});
