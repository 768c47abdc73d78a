import { expect, test } from 'vitest';
import { leftToCpuText, parityFigures, placementText } from './placement-text.ts';

test('where the nodes ran is said with the largest share first', () => {
  expect(placementText([])).toBeNull();
  expect(
    placementText([
      { provider: 'CPUExecutionProvider', nodeCount: 2, timeShare: 0.07 },
      { provider: 'WebGpuExecutionProvider', nodeCount: 70, timeShare: 0.93 },
    ]),
  ).toBe('WebGPU 93 %, CPU 7 %');
});

test('what was left to the CPU is told with its operators, and nothing where the CPU was asked for', () => {
  const placement = [
    { provider: 'WebGpuExecutionProvider', nodeCount: 30, timeShare: 0.9 },
    { provider: 'CPUExecutionProvider', nodeCount: 12, timeShare: 0.1, operators: { Gather: 9, Shape: 3 } },
  ];
  expect(leftToCpuText({ provider: 'node:webgpu', placement })).toBe('12 nodes: Gather (9), Shape (3)');
  expect(leftToCpuText({ provider: 'node:cpu', placement })).toBeNull();
});

test('the figures of parity leave out what does not exist', () => {
  const parity = { passed: true, nonFiniteCount: 0, message: '' };
  expect(
    parityFigures({ ...parity, cosine: 0.9999991, maxAbsoluteError: 0.00123, toleranceRatio: 0.012, top1Agreement: 1 }),
  ).toEqual([
    'largest difference 0.0012',
    '0.012 times what is allowed',
    'cosine 0.99999910',
    'same best class 100.0 %',
  ]);
  expect(parityFigures({ ...parity, cosine: null, maxAbsoluteError: null, toleranceRatio: null })).toEqual([]);
});
