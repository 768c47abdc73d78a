import { expect, test } from 'vitest';
import type { OperatorProfile } from '#shared/operator-profile.ts';
import { createNode, graphSchema, modelSchema } from '../onnx/ir.ts';
import { createMessage } from '../onnx/message.ts';
import { tensorFrom } from '../onnx/tensor-contents.ts';
import { withGraph } from './executed-graph.ts';

test('profiled nodes get edges, the size of their weights and what they stand for; unknown ones stay as they are', () => {
  const nodes = [createNode({ opType: 'MatMul', name: 'm', inputs: ['x', 'w', 'w', ''], outputs: ['y'] })];
  const initializers = [tensorFrom('w', 'float32', [2, 3], new Float32Array(6))];
  const model = createMessage(modelSchema, { graph: createMessage(graphSchema, { nodes, initializers }) });
  const profiled = (name: string): OperatorProfile['nodes'][number] => ({
    name,
    operator: 'MatMul',
    provider: 'CPUExecutionProvider',
    profiledMs: 1,
  });
  const profile = { runCount: 1, profiledRunMs: 3, nodes: [profiled('m'), profiled('other')] };
  expect(withGraph(profile, { executed: model, source: model }).nodes).toEqual([
    { ...profiled('m'), inputs: ['x'], outputs: ['y'], weightBytes: 24, standsFor: ['m'] },
    profiled('other'),
  ]);
});
