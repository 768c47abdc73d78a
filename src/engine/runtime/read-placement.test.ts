import { expect, test } from 'vitest';
import { readPlacement } from './read-placement.ts';

const line = (text: string): string =>
  `2026-11-24 21:31:55.78 [V:onnxruntime:, session_state.cc:1383 VerifyEachNodeIsAssignedToAnEp]  ${text}`;

test('one provider with all nodes has all of the time', () => {
  expect(readPlacement(line('All nodes placed on [WebGpuExecutionProvider]. Number of nodes: 28'))).toEqual([
    { provider: 'WebGpuExecutionProvider', nodeCount: 28, timeShare: 1 },
  ]);
});

test('of several, nobody knows the share of time', () => {
  const log = [
    line('Node(s) placed on [CPUExecutionProvider]. Number of nodes: 3'),
    line('  Gather (decoder/Gather)'),
    line('  Shape (decoder/Shape (1))'),
    line('  Gather (decoder/Gather_1)'),
    line('Node(s) placed on [WebGpuExecutionProvider]. Number of nodes: 175'),
    line('  If (If_0)'),
    // The body of the If.
    line('Node(s) placed on [CPUExecutionProvider]. Number of nodes: 1'),
    line('  Shape (Shape_3)'),
  ].join('\n');
  expect(readPlacement(log)).toEqual([
    { provider: 'WebGpuExecutionProvider', nodeCount: 175, timeShare: null, operators: { If: 1 } },
    { provider: 'CPUExecutionProvider', nodeCount: 4, timeShare: null, operators: { Gather: 2, Shape: 2 } },
  ]);
});

test('a log without placements is an error', () => {
  expect(() => readPlacement(line('Initializing session.'))).toThrow('did not say where');
});
