import { expect, test } from 'vitest';
import { modelOf, nodeOf, randomWeight } from '../../../../tests/fakes/small-model.ts';
import type { GraphProto } from '../../onnx/ir.ts';
import { findSummands } from './find-summands.ts';

const sum = nodeOf('Add', ['a', 'x'], ['s']);

test.each([
  ['one that only an addition reads', {}, [sum], ['a']],
  ['none that something else reads too', {}, [sum, nodeOf('Relu', ['a'], ['r'])], []],
  ['none that a constant is added to', {}, [nodeOf('Add', ['a', 'v'], ['s'])], []],
  ['none that is multiplied', {}, [nodeOf('Mul', ['a', 'x'], ['s'])], []],
  ['none whose padding depends on its strides', { auto_pad: 'SAME_UPPER' }, [sum], []],
])('of convolutions, %s', (_, attributes, readers, expected) => {
  const { graph } = modelOf(17, {
    inputs: { x: ['float32', [1, 1, 4, 4]] },
    outputs: ['s'],
    nodes: [nodeOf('Conv', ['x', 'w'], ['a'], attributes), ...readers],
    weights: [randomWeight('w', [1, 1, 1, 1], 1), randomWeight('v', [1], 2)],
  });
  expect([...findSummands(graph as GraphProto).keys()]).toEqual(expected);
});
