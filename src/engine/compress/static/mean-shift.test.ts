import { describe, expect, test } from 'vitest';
import { createRandom } from '#shared/statistics/random.ts';
import { createAttribute, createNode } from '../../onnx/ir.ts';
import { meanShift } from './mean-shift.ts';

const random = createRandom(7);
const draw = (count: number): Float32Array => Float32Array.from({ length: count }, () => random() * 2 - 1);

describe('the shift of means', () => {
  test.each([
    ['MatMul', [], [3, 2], (input: number, output: number) => input * 2 + output],
    ['Gemm', [createAttribute('transB', 1n)], [2, 3], (input: number, output: number) => output * 3 + input],
  ] as const)('of a %s is the difference of the mean outputs', (opType, attributes, dims, at) => {
    const exact = draw(6);
    const integers = Int8Array.from(exact, (value) => Math.round(value * 100));
    const scales = Float32Array.of(0.01, 0.0099);
    const exactMeans = Float64Array.from(draw(3));
    const roundedMeans = exactMeans.map((mean) => mean + 0.01);
    const node = createNode({ opType, attributes: [...attributes] });
    const shift = meanShift(node, { exact, integers, scales, dims }, [1, 3], [exactMeans, roundedMeans]);
    for (const output of [0, 1]) {
      let expected = 0;
      for (const input of [0, 1, 2]) {
        const index = at(input, output);
        expected += (exact[index] as number) * (exactMeans[input] as number);
        expected -= (integers[index] as number) * (scales[output] as number) * (roundedMeans[input] as number);
      }
      expect(shift[output]).toBeCloseTo(expected, 6);
    }
  });

  test('of a convolution counts an element of the kernel as often as it lies on the image', () => {
    // On 4 pixels with a padding of 1, the outer two of three elements miss the image once in four.
    const node = createNode({ opType: 'Conv', attributes: [createAttribute('pads', [1n, 1n])] });
    const weights = { exact: Float32Array.of(1, 10, 100), integers: Int8Array.of(0, 0, 0), scales: Float32Array.of(1) };
    const means = [Float64Array.of(2), Float64Array.of(2)] as const;
    expect(meanShift(node, { ...weights, dims: [1, 1, 3] }, [1, 1, 4], means)[0]).toBeCloseTo(2 * (0.75 + 10 + 75));
  });

  test('of a grouped convolution reads the channels of its group', () => {
    const node = createNode({ opType: 'Conv', attributes: [createAttribute('group', 2n)] });
    const weights = { exact: Float32Array.of(1, 1), integers: Int8Array.of(0, 0), scales: Float32Array.of(1, 1) };
    const means = [Float64Array.of(3, 5), Float64Array.of(3, 5)] as const;
    expect([...meanShift(node, { ...weights, dims: [2, 1, 1, 1] }, [1, 2, 4, 4], means)]).toEqual([3, 5]);
  });
});
