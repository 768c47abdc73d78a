import { expect, test } from 'vitest';
import { graphOf, nodeOf, randomWeight, valueOf } from '../../../../tests/fakes/small-model.ts';
import { editGraph } from '../../onnx/graph-editor.ts';
import { floatsOf, integersOf } from '../../onnx/tensor-contents.ts';
import { quantizeGraph } from './quantize-graph.ts';

const options = {
  operators: ['LSTM', 'Attention'],
  weightType: 'int8',
  perChannel: true,
  minimumElements: 0,
  isExcluded: () => false,
  isReduced: false,
} as const;

test.each([
  ['LSTM', nodeOf('LSTM', ['x', 'w', 'r'], ['y'], { hidden_size: 4n }), { w: [2, 16, 3], r: [2, 16, 4] }],
  ['Attention', nodeOf('Attention', ['x', 'w'], ['y'], { num_heads: 2n }, { domain: 'com.microsoft' }), { w: [4, 12] }],
])('weights of %s wait until they are written, and say what they said', (_, node, shapes) => {
  const weights = Object.entries(shapes).map(([name, dims], seed) => randomWeight(name, dims, seed));
  const graph = graphOf({
    inputs: [valueOf('x', 'float32', [2, 1, 3])],
    outputs: [valueOf('y')],
    nodes: [node],
    initializers: [...weights],
  });
  quantizeGraph(
    editGraph(graph, (wish) => wish),
    options,
  );
  const integers = graph.initializers.filter(({ name }) => name.endsWith('_quantized'));
  expect(integers).toHaveLength(weights.length);
  for (const [index, tensor] of integers.entries()) {
    expect(tensor.rawData).not.toBeInstanceOf(Uint8Array);
    const [scales] = graph.initializers.filter(({ name }) => name === tensor.name.replace('_quantized', '_scale'));
    const [given, largest] = [floatsOf(weights[index] as never), floatsOf(scales as never)];
    // Each of the largest of its channel is 127.
    const magnitudes = integersOf(tensor).map((value) => Math.abs(value));
    expect(magnitudes.filter((value) => value === 127).length).toBeGreaterThanOrEqual(largest.length);
    const peak = (values: Iterable<number>) => Math.max(...[...values].map(Math.abs));
    expect(peak(largest) * 127).toBeCloseTo(peak(given), 5);
  }
});
