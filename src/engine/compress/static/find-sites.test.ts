import { describe, expect, test } from 'vitest';
import { graphOf, nodeOf, randomWeight, valueOf } from '../../../../tests/fakes/small-model.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import { findSites } from './find-sites.ts';

const options = { operators: ['Conv', 'MatMul'], isExcluded: () => false, carries: true };

describe('Resize behind a convolution', () => {
  test.each([
    [{ mode: 'nearest' }, ['Resize']],
    [{ mode: 'nearest', coordinate_transformation_mode: 'asymmetric' }, ['Resize']],
    // What lies beyond the edges gets a value of its own, which the range of the image need not hold.
    [{ mode: 'nearest', coordinate_transformation_mode: 'tf_crop_and_resize', extrapolation_value: 1000.5 }, []],
    [{ mode: 'linear' }, []],
  ])('of %j is carried on by %j', (attributes, carriers) => {
    const graph = graphOf({
      inputs: [valueOf('x', 'float32', [1, 3, 8, 8])],
      outputs: [valueOf('y')],
      nodes: [
        nodeOf('Conv', ['x', 'w'], ['a']),
        nodeOf('Resize', ['a', 'roi', 'scales'], ['b'], attributes),
        nodeOf('Conv', ['b', 'w'], ['y']),
      ],
      initializers: [randomWeight('w', [3, 3, 1, 1], 1)],
    });
    expect(findSites(graph, options).carriers.map(({ opType }) => opType)).toEqual(carriers);
  });
});

test('a weight without elements is left alone', () => {
  const graph = graphOf({
    inputs: [valueOf('x', 'float32', [1, 64])],
    outputs: [valueOf('y')],
    nodes: [nodeOf('MatMul', ['x', 'w'], ['y'])],
    initializers: [tensorFrom('w', 'float32', [64, 0], new Float32Array())],
  });
  expect(findSites(graph, options)).toMatchObject({
    products: [],
    skipped: [{ name: 'MatMul_y', reason: 'its weight has no elements' }],
  });
});
