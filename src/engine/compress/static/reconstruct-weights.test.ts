import { describe, expect, test, vi } from 'vitest';
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
    return { exact, values, nearest, quantized: { product, values: nearest, limit: 7, scales } };
  }

  /** Of one output, for each row. */
  function errorsOf(values: Uint8Array, exact: Float32Array, integers: Int8Array, output: number): number[] {
    return Array.from({ length: rowCount }, (_, row) => {
      let own = 0;
      for (let input = 0; input < size; input += 1) {
        const index = input * outputs + output;
        own += (values[row * size + input] as number) * ((exact[index] as number) - (integers[index] as number));
      }
      return own;
    });
  }

  /** Squares of all outputs, of their distances from the means when centred. */
  function errorOf(values: Uint8Array, exact: Float32Array, integers: Int8Array, isCentred = false): number {
    let sum = 0;
    for (let output = 0; output < outputs; output += 1) {
      const errors = errorsOf(values, exact, integers, output);
      const mean = isCentred ? errors.reduce((total, error) => total + error, 0) / rowCount : 0;
      for (const error of errors) sum += (error - mean) ** 2;
    }
    return sum;
  }

  test('leave the results nearer than the nearest integers do, where inputs are alike', () => {
    const { exact, values, nearest, quantized } = problem(true);
    const about = { zeroPoint: 0, isCentred: false };
    const found = reconstructWeights(quantized, [tensorOf(values, [rowCount, size])], about);
    if (!found) throw new Error('Nothing was found.');
    expect(errorOf(values, exact, found)).toBeLessThan(errorOf(values, exact, nearest) / 3);
    expect(Math.max(...found.map(Math.abs))).toBeLessThanOrEqual(7);
  });

  test('leave the differences of the results nearer where a bias takes out the mean, whatever the mean becomes', () => {
    const { exact, values, nearest, quantized } = problem(true);
    // Three groups of inputs that vary alike, around levels that are larger and differ.
    const random = createRandom(5);
    for (let row = 0; row < rowCount; row += 1) {
      const levels = [random(), random(), random()];
      for (let input = 0; input < size; input += 1) {
        values[row * size + input] = 16 * input + 40 * (levels[input % 3] as number) + 4 * random();
      }
    }
    const centred = { zeroPoint: 0, isCentred: true };
    const [free, bound] = [centred, { ...centred, isCentred: false }].map((about) =>
      reconstructWeights(quantized, [tensorOf(values, [rowCount, size])], about),
    );
    if (!free || !bound) throw new Error('Nothing was found.');
    const spread = (integers: Int8Array): number => errorOf(values, exact, integers, true);
    expect(spread(free)).toBeLessThan(spread(nearest) / 3);
    expect(spread(free)).toBeLessThan(spread(bound));
    expect(errorOf(values, exact, free)).toBeGreaterThan(errorOf(values, exact, bound));
  });

  test('are not taken where they are worse on rows that were held out', () => {
    const { values, quantized } = problem(true);
    // The last quarter of the rows looks different: inputs that were alike are opposed.
    for (let row = 300; row < rowCount; row += 1) {
      for (let input = 0; input < size; input += 1) values[row * size + input] = input === row % size ? 255 : 0;
    }
    const about = { zeroPoint: 0, isCentred: false };
    expect(reconstructWeights(quantized, [tensorOf(values, [rowCount, size])], about)).toBeNull();
  });

  test('of layers with more than 2,048 inputs are none, before their rows take memory', () => {
    const weight = tensorFrom('w', 'float32', [2049, 1], new Float32Array(2049));
    const node = createNode({ opType: 'MatMul', inputs: ['x', 'w'], outputs: ['y'] });
    const product = { node, name: 'product', input: 'x', weight, channelAxis: 1, bias: null };
    const quantized = {
      product,
      values: new Int8Array(2049),
      limit: 127,
      scales: Float32Array.of(1),
    };
    const tensor = tensorOf(new Uint8Array(8 * 2049), [8, 2049]);
    const data = vi.fn<() => Uint8Array>(() => new Uint8Array(8 * 2049));
    Object.defineProperty(tensor, 'data', { get: data });
    const about = { zeroPoint: 0, isCentred: true };
    expect(reconstructWeights(quantized, [tensor], about)).toBeNull();
    expect(data).not.toHaveBeenCalled();
  });
});
