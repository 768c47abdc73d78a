import { expect, test } from 'vitest';
import type { ProviderId } from './provider.ts';
import { isMostlyOnCpu, leftToCpu, operatorsText } from './placement.ts';
import type { Placement } from './run.ts';

const onCpu = (nodeCount: number, timeShare: number | null): Placement => ({
  provider: 'CPUExecutionProvider',
  nodeCount,
  timeShare,
});
const onGpu = (nodeCount: number, timeShare: number | null): Placement => ({
  provider: 'WebGpuExecutionProvider',
  nodeCount,
  timeShare,
});

test.each<[string, ProviderId, Placement[], boolean]>([
  ['node:cpu is where it was asked to be', 'node:cpu', [onCpu(10, 1)], false],
  ['so is web:wasm', 'web:wasm', [onCpu(10, 1)], false],
  ['most of the time decides, not most of the nodes', 'node:webgpu', [onGpu(3, 0.8), onCpu(9, 0.2)], false],
  ['half of the time is most', 'node:webgpu', [onGpu(3, 0.5), onCpu(9, 0.5)], true],
  ['without times the nodes decide', 'web:webgpu', [onGpu(3, null), onCpu(9, null)], true],
  ['few nodes without times', 'web:webgpu', [onGpu(9, null), onCpu(3, null)], false],
  ['nothing is known', 'node:cuda', [], false],
])('%s', (_, provider, placement, isMostly) => {
  expect(isMostlyOnCpu({ provider, placement })).toBe(isMostly);
});

test('what is left to the CPU is told by operator, most first', () => {
  const placement = [onGpu(3, 0.5), { ...onCpu(4, 0.5), operators: { Shape: 1, Gather: 3 } }];
  const left = leftToCpu({ provider: 'node:webgpu', placement });
  expect(left && operatorsText(left)).toBe('Gather (3), Shape (1)');
  expect(operatorsText(onCpu(1, 1))).toBeNull();
  expect(leftToCpu({ provider: 'node:cpu', placement })).toBeNull();
});
