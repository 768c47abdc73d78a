import { describe, expect, test } from 'vitest';
import { createRandom } from '#shared/statistics/random.ts';
import { createAttribute, createNode } from '../../onnx/ir.ts';
import { meanOutputs } from './mean-outputs.ts';

const random = createRandom(7);
const draw = (count: number): Float32Array => Float32Array.from({ length: count }, () => random() * 2 - 1);

describe('the mean of what a product gives', () => {
  test.each([
    ['MatMul', [], [3, 2], (input: number, output: number) => input * 2 + output],
    ['Gemm', [createAttribute('transB', 1n)], [2, 3], (input: number, output: number) => output * 3 + input],
  ] as const)('of a %s is the product with the means of its inputs', (opType, attributes, dims, at) => {
    const weight = draw(6);
    const means = Float64Array.from(draw(3));
    const node = createNode({ opType, attributes: [...attributes] });
    const found = meanOutputs(node, weight, { dims, inputDims: [1, 3], means });
    for (const output of [0, 1]) {
      const terms = [0, 1, 2].map((input) => (weight[at(input, output)] as number) * (means[input] as number));
      expect(found[output]).toBeCloseTo(
        terms.reduce((sum, term) => sum + term),
        6,
      );
    }
  });

  test('of a convolution counts an element of the kernel as often as it lies on the image', () => {
    // On 4 pixels with a padding of 1, the outer two of three elements miss the image once in four.
    const node = createNode({ opType: 'Conv', attributes: [createAttribute('pads', [1n, 1n])] });
    const about = { dims: [1, 1, 3], inputDims: [1, 1, 4], means: Float64Array.of(2) };
    expect(meanOutputs(node, Float32Array.of(1, 10, 100), about)[0]).toBeCloseTo(2 * (0.75 + 10 + 75));
  });

  test('of a grouped convolution in integers reads the channels of its group', () => {
    const node = createNode({ opType: 'Conv', attributes: [createAttribute('group', 2n)] });
    const about = { dims: [2, 1, 1, 1], inputDims: [1, 2, 4, 4], means: Float64Array.of(3, 5) };
    expect([...meanOutputs(node, Int8Array.of(1, 2), about)]).toEqual([3, 10]);
  });

  test.each([
    ['floats', draw(2 * 6 * 3 * 4)],
    ['integers', Int8Array.from(draw(2 * 6 * 3 * 4), (value) => 100 * value)],
  ])('of many outputs is that of each by itself, in %s', (_, weight) => {
    const [groups, outputs, inputs, taps] = [2, 6, 3, 4];
    const attributes = [createAttribute('group', BigInt(groups))];
    const node = createNode({ opType: 'Conv', attributes });
    const means = Float64Array.from(draw(groups * inputs));
    const dims = [groups * outputs, inputs, 2, 2];
    const found = meanOutputs(node, weight, { dims, inputDims: [1, groups * inputs, 5, 5], means });
    for (const [output, mean] of found.entries()) {
      let expected = 0;
      for (let input = 0; input < inputs; input += 1) {
        const start = (output * inputs + input) * taps;
        const kernel = [...weight.subarray(start, start + taps)].reduce((sum, value) => sum + value, 0);
        expected += kernel * (means[Math.floor(output / outputs) * inputs + input] as number);
      }
      expect(mean).toBeCloseTo(expected, 9);
    }
  });
});
