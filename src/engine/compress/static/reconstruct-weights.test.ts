import { describe, expect, test } from 'vitest';
import { createRandom } from '#shared/statistics/random.ts';
import { createAttribute, createNode } from '../../onnx/ir.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import type { Tensor } from '../../runtime/onnxruntime-types.ts';
import { inputRows } from './input-rows.ts';
import { reconstructWeights } from './reconstruct-weights.ts';

function tensorOf(values: Uint8Array, dims: number[]): Tensor {
  return { type: 'uint8', data: values, dims, size: values.length } as unknown as Tensor;
}

const ints = (name: string, values: number[]) => createAttribute(name, values.map(BigInt));

describe('rows of inputs', () => {
  test('of a convolution with groups, strides, dilations and padding give what it makes, summed directly', () => {
    const random = createRandom(4);
    const [items, channels, height, width] = [2, 4, 7, 6] as const;
    const [stride, dilation, pad, groups] = [2, 2, 1, 2] as const;
    const image = Uint8Array.from({ length: items * channels * height * width }, () => random() * 255);
    const node = createNode({
      opType: 'Conv',
      inputs: ['x', 'w'],
      outputs: ['y'],
      attributes: [
        createAttribute('group', BigInt(groups)),
        ints('strides', [stride, stride]),
        ints('dilations', [dilation, dilation]),
        ints('pads', [pad, pad, pad, pad]),
      ],
    });
    const rows = inputRows(node, [tensorOf(image, [items, channels, height, width])], {
      dims: [4, 2, 3, 3],
      zeroPoint: 7,
      mostRows: 1000,
    });
    if (!rows) throw new Error('There are no rows.');
    const [outputRows, outputColumns] = [3, 2];
    expect(rows).toMatchObject({ size: 18, rowCount: items * outputRows * outputColumns });
    for (let taken = 0; taken < rows.rowCount; taken += 1) {
      const item = Math.floor(taken / 6);
      const [top, left] = [Math.floor((taken % 6) / 2) * stride - pad, (taken % 2) * stride - pad];
      for (let group = 0; group < groups; group += 1) {
        for (let tap = 0; tap < 18; tap += 1) {
          const channel = group * 2 + Math.floor(tap / 9);
          const y = top + Math.floor((tap % 9) / 3) * dilation;
          const x = left + (tap % 3) * dilation;
          const isInside = y >= 0 && y < height && x >= 0 && x < width;
          const value = isInside ? (image[((item * channels + channel) * height + y) * width + x] as number) - 7 : 0;
          expect(rows.groups[group]?.[taken * 18 + tap]).toBe(value);
        }
      }
    }
  });

  test('are fewer where there are more than wanted, and none with auto_pad', () => {
    const values = Uint8Array.from({ length: 40 }, (_, index) => index);
    const product = createNode({ opType: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] });
    const rows = inputRows(product, [tensorOf(values, [10, 4])], { dims: [4, 3], zeroPoint: 0, mostRows: 5 });
    expect(rows?.rowCount).toBe(5);
    expect([...(rows?.groups[0] ?? [])].slice(4, 8)).toEqual([8, 9, 10, 11]);
    const padded = createNode({ opType: 'Conv', attributes: [createAttribute('auto_pad', 'SAME_UPPER')] });
    expect(inputRows(padded, [], { dims: [1, 1, 3, 3], zeroPoint: 0, mostRows: 5 })).toBeNull();
  });
});

describe('reconstructed weights', () => {
  const [size, outputs, rowCount] = [12, 3, 400] as const;

  function problem(isAlike: boolean) {
    const random = createRandom(9);
    const exact = Float32Array.from({ length: size * outputs }, () => 14 * random() - 7);
    const values = new Uint8Array(rowCount * size);
    for (let row = 0; row < rowCount; row += 1) {
      const level = random();
      for (let input = 0; input < size; input += 1) {
        values[row * size + input] = isAlike ? 20 + 200 * level + 10 * random() : 255 * random();
      }
    }
    const node = createNode({ opType: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] });
    const weight = tensorFrom('w', 'float32', [size, outputs], exact);
    const product = { node, name: 'product', input: 'x', weight, channelAxis: 1, bias: null };
    const nearest = Int8Array.from(exact, (value) => Math.max(-7, Math.min(7, Math.round(value))));
    const scales = Float32Array.from({ length: outputs }, () => 1);
    return { exact, values, nearest, quantized: { product, values: nearest, scales, bias: null } };
  }

  function errorOf(values: Uint8Array, exact: Float32Array, integers: Int8Array): number {
    let sum = 0;
    for (let row = 0; row < rowCount; row += 1) {
      for (let output = 0; output < outputs; output += 1) {
        let own = 0;
        for (let input = 0; input < size; input += 1) {
          const index = input * outputs + output;
          own += (values[row * size + input] as number) * ((exact[index] as number) - (integers[index] as number));
        }
        sum += own * own;
      }
    }
    return sum;
  }

  test('leave the results nearer than the nearest integers do, where inputs are alike', () => {
    const { exact, values, nearest, quantized } = problem(true);
    const about = { zeroPoint: 0, weightLimit: 7, isCentred: false };
    const found = reconstructWeights(quantized, [tensorOf(values, [rowCount, size])], about);
    if (!found) throw new Error('Nothing was found.');
    expect(errorOf(values, exact, found)).toBeLessThan(errorOf(values, exact, nearest) / 3);
    expect(Math.max(...found.map(Math.abs))).toBeLessThanOrEqual(7);
  });

  test('are not taken where they are worse on rows that were held out', () => {
    const { values, quantized } = problem(true);
    // The last quarter of the rows looks different: inputs that were alike are opposed.
    for (let row = 300; row < rowCount; row += 1) {
      for (let input = 0; input < size; input += 1) values[row * size + input] = input === row % size ? 255 : 0;
    }
    const about = { zeroPoint: 0, weightLimit: 7, isCentred: false };
    expect(reconstructWeights(quantized, [tensorOf(values, [rowCount, size])], about)).toBeNull();
  });
});
