import { expect, test } from 'vitest';
import { modelOf, nodeOf } from '../../../../tests/fakes/small-model.ts';
import type { GraphProto } from '../../onnx/ir.ts';
import { orderEnds } from './order-ends.ts';

test('what nobody reads stands last, that of the latest tensor first, and all else as it was', () => {
  const { graph } = modelOf(17, {
    inputs: { x: ['float32', [1, 4]] },
    outputs: ['seen early', 'y', 'seen late'],
    nodes: [
      nodeOf('Relu', ['x'], ['a']),
      nodeOf('Neg', ['a'], ['turned']),
      nodeOf('Abs', ['turned'], ['seen early']),
      nodeOf('Exp', ['a'], ['b']),
      nodeOf('Tanh', ['b'], ['c']),
      nodeOf('Sin', ['c'], ['d']),
      nodeOf('Add', ['d', 'a'], ['y']),
      nodeOf('Cos', ['d'], ['e']),
      nodeOf('Sqrt', ['e'], ['seen late']),
    ],
    weights: [],
  });
  orderEnds(graph as GraphProto);
  const made = (graph as GraphProto).nodes.map(({ outputs }) => outputs[0]);
  expect(made).toEqual(['a', 'turned', 'b', 'c', 'd', 'e', 'seen late', 'y', 'seen early']);
});
