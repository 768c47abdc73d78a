import { expect, test, vi } from 'vitest';
import { modelOf, nodeOf } from '../../../../tests/fakes/small-model.ts';
import { observeMagnitudes } from './observe-magnitudes.ts';
import { openSession } from './open-session.ts';

vi.mock('./open-session.ts', { spy: true });

test('the graph with its reductions is not optimized, which would take time with the square of its nodes', async () => {
  const model = modelOf(17, {
    inputs: { x: ['float32', [1, 4]] },
    outputs: ['y'],
    nodes: [nodeOf('Relu', ['x'], ['a']), nodeOf('Neg', ['a'], ['y'])],
  });
  const inputs = { kind: 'generated' as const, seed: 1 };
  const { tensors } = await observeMagnitudes({ model, inputs, itemLimit: 2, onProgress: () => {} });
  expect([...tensors.keys()]).toEqual(['x', 'a', 'y']);
  expect(tensors.get('y')).toEqual(tensors.get('a'));
  expect(openSession).toHaveBeenCalledExactlyOnceWith(expect.anything(), 'node:cpu', { graphOptimization: 'disabled' });
});
