import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { createRandom } from '#shared/statistics/random.ts';
import { type Bits, blockCountOf, type BlockShape, type QuantizedBlocks } from './blocks.ts';
import { addToCovariance, createCovariance } from './covariance.ts';
import { roundWithCompensation } from './gptq.ts';
import { openMatrixProducts } from './matrix-products.ts';
import { roundBlocks } from './round-blocks.ts';

/** What MatMulNBits unpacks, as `[inputs, outputs]`. */
function unpack({ values, scales, zeroPoints }: QuantizedBlocks, shape: BlockShape): Float64Array {
  const { inputs, outputs, blockSize, bits } = shape;
  const blockCount = blockCountOf(shape);
  const perByte = 8 / bits;
  const read = (bytes: Uint8Array, start: number, index: number): number =>
    ((bytes[start + Math.floor(index / perByte)] as number) >> (bits * (index % perByte))) & (2 ** bits - 1);
  const weights = new Float64Array(inputs * outputs);
  for (let output = 0; output < outputs; output += 1) {
    for (let input = 0; input < inputs; input += 1) {
      const block = Math.floor(input / blockSize);
      const at = (output * blockCount + block) * ((blockSize * bits) / 8);
      const zero = zeroPoints ? read(zeroPoints, output * Math.ceil((blockCount * bits) / 8), block) : 2 ** (bits - 1);
      const integer = read(values, at, input % blockSize);
      weights[input * outputs + output] = (integer - zero) * (scales[output * blockCount + block] as number);
    }
  }
  return weights;
}

function randomMatrix(count: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: count }, () => random() + random() + random() - 1.5);
}

/** To `[outputs, inputs]`. */
function turn(weight: Float32Array, { inputs, outputs }: BlockShape): Float32Array {
  return Float32Array.from(
    weight,
    (_, index) => weight[(index % inputs) * outputs + Math.floor(index / inputs)] as number,
  );
}

const plain = { isSymmetric: false, isTransposed: false, isRobust: false };

const shapes = fc.record({
  inputs: fc.integer({ min: 1, max: 70 }),
  outputs: fc.integer({ min: 1, max: 4 }),
  blockSize: fc.constantFrom(16, 32),
  bits: fc.constantFrom<Bits>(2, 4, 8),
});

describe('weights in blocks', () => {
  test('are within half a step of the range of their block, for any shape', () => {
    fc.assert(
      fc.property(shapes, fc.boolean(), fc.integer(), (shape, isSymmetric, seed) => {
        const { inputs, outputs, blockSize, bits } = shape;
        const weight = randomMatrix(inputs * outputs, seed);
        const unpacked = unpack(roundBlocks(weight, shape, { ...plain, isSymmetric }), shape);
        for (let output = 0; output < outputs; output += 1) {
          for (let start = 0; start < inputs; start += blockSize) {
            const rows = Array.from({ length: Math.min(blockSize, inputs - start) }, (_, row) => start + row);
            const largest = Math.max(...rows.map((row) => Math.abs(weight[row * outputs + output] as number)));
            // Plain rounding over the whole range errs by half a step; the search is never worse in sum.
            const halfStep = largest / (2 ** bits - 1) + 1e-6;
            const errors = rows.map(
              (row) => (unpacked[row * outputs + output] as number) - (weight[row * outputs + output] as number),
            );
            const meanSquare = errors.reduce((sum, error) => sum + error * error, 0) / rows.length;
            expect(Math.sqrt(meanSquare)).toBeLessThanOrEqual(1.1 * halfStep);
          }
        }
      }),
    );
  });

  test('of a block that is zero stay zero', () => {
    const shape: BlockShape = { inputs: 16, outputs: 2, blockSize: 16, bits: 4 };
    expect([...unpack(roundBlocks(new Float32Array(32), shape, plain), shape)]).toEqual(
      Array.from({ length: 32 }, () => 0),
    );
  });

  test('fill up the last block with zeros', () => {
    const shape: BlockShape = { inputs: 17, outputs: 1, blockSize: 16, bits: 8 };
    const blocks = roundBlocks(randomMatrix(17, 1), shape, { ...plain, isSymmetric: true });
    expect([...blocks.values.subarray(17)]).toEqual(Array.from({ length: 15 }, () => 128));
  });
});

describe('rounding with compensation', async () => {
  const products = await openMatrixProducts();
  afterAll(() => products.close());

  /** Inputs of which each resembles the one before. */
  function correlatedRows(rowCount: number, size: number): Float64Array[] {
    const random = createRandom(7);
    return Array.from({ length: rowCount }, () => {
      let value = 0;
      return Float64Array.from({ length: size }, () => (value = 0.9 * value + random() - 0.3));
    });
  }

  test('leaves outputs on the data closer than rounding to the nearest', async () => {
    const shape: BlockShape = { inputs: 48, outputs: 5, blockSize: 16, bits: 4 };
    const { inputs, outputs } = shape;
    const weight = randomMatrix(inputs * outputs, 3);
    const rows = correlatedRows(500, inputs);
    const covariance = createCovariance(inputs);
    for (const row of rows) {
      const strip = Float64Array.from({ length: inputs ** 2 }, (_, index) => {
        const [first, second] = [Math.floor(index / inputs), index % inputs];
        return (row[first] as number) * (row[second] as number);
      });
      addToCovariance(covariance, strip, { first: 0, count: inputs });
    }
    const errorOf = (weights: Float64Array): number =>
      rows.reduce((sum, row) => {
        for (let output = 0; output < outputs; output += 1) {
          let difference = 0;
          for (let input = 0; input < inputs; input += 1) {
            const index = input * outputs + output;
            difference += (row[input] as number) * ((weights[index] as number) - (weight[index] as number));
          }
          sum += difference * difference;
        }
        return sum;
      }, 0);
    const nearest = unpack(roundBlocks(weight, shape, plain), shape);
    const options = { isSymmetric: false, products };
    const compensated = unpack(await roundWithCompensation(turn(weight, shape), covariance, shape, options), shape);
    expect(errorOf(compensated)).toBeLessThan(errorOf(nearest) / 3);
  });

  test('takes data that never uses an input', async () => {
    const shape: BlockShape = { inputs: 16, outputs: 2, blockSize: 16, bits: 8 };
    const weight = randomMatrix(32, 5);
    const options = { isSymmetric: true, products };
    const unpacked = unpack(
      await roundWithCompensation(turn(weight, shape), createCovariance(16), shape, options),
      shape,
    );
    for (const [index, value] of unpacked.entries())
      expect(Math.abs(value - (weight[index] as number))).toBeLessThan(0.05);
  });
});
