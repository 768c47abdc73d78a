import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createRandom } from '#shared/statistics/random.ts';
import type { BlockShape } from './blocks.ts';
import { openMatrixProducts } from './matrix-products.ts';
import { refineBlocks, type RoundedBlocks } from './refine-blocks.ts';

const BLOCK_SIZE = 16;

/** One output, with inputs of which each resembles the one before. */
function problemOf(seed: number, inputs: number, bits: 2 | 4) {
  const random = createRandom(seed);
  const shape: BlockShape = { inputs, outputs: 1, blockSize: BLOCK_SIZE, bits };
  const weight = Float32Array.from({ length: inputs }, () => random() - 0.5);
  const curvature = new Float64Array(inputs * inputs);
  for (let row = 0; row < 40; row += 1) {
    let value = random() - 0.5;
    const values = Array.from({ length: inputs }, () => (value = 0.8 * value + random() - 0.5));
    for (const [a, first] of values.entries()) {
      for (const [b, second] of values.entries()) {
        curvature[a * inputs + b] = (curvature[a * inputs + b] as number) + first * second;
      }
    }
  }
  const blockCount = Math.ceil(inputs / BLOCK_SIZE);
  const middle = 2 ** (bits - 1);
  const highest = 2 ** bits - 1;
  const scale = Math.fround(1 / highest);
  const rounded: RoundedBlocks = {
    integers: new Uint8Array(blockCount * BLOCK_SIZE).fill(middle),
    scales: new Float32Array(blockCount).fill(scale),
    zeroPoints: new Uint8Array(blockCount).fill(middle),
  };
  for (const [input, value] of weight.entries()) {
    rounded.integers[input] = Math.max(0, Math.min(highest, Math.round(value / scale) + middle));
  }
  return { shape, weight, curvature, rounded };
}

function errorOf(
  { weight, curvature, shape: { inputs } }: ReturnType<typeof problemOf>,
  { integers, scales, zeroPoints }: RoundedBlocks,
): number {
  const errors = Array.from(weight, (value, input) => {
    const block = Math.floor(input / BLOCK_SIZE);
    return value - ((integers[input] as number) - (zeroPoints[block] as number)) * (scales[block] as number);
  });
  let sum = 0;
  for (const [a, first] of errors.entries()) {
    for (const [b, second] of errors.entries()) sum += first * second * (curvature[a * inputs + b] as number);
  }
  return sum;
}

const products = await openMatrixProducts();
afterAll(() => products.close());

const refine = ({ weight, curvature, shape, rounded }: ReturnType<typeof problemOf>): Promise<void> =>
  refineBlocks(weight, shape, { curvature, products, first: 0, end: shape.outputs }, rounded);

function copyOf({ integers, scales, zeroPoints }: RoundedBlocks): RoundedBlocks {
  return { integers: integers.slice(), scales: scales.slice(), zeroPoints: zeroPoints.slice() };
}

test('refined blocks are never worse than they were, and no single step makes them better', async () => {
  const inputsAndSeed = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer(), fc.constantFrom<2 | 4>(2, 4));
  await fc.assert(
    fc.asyncProperty(inputsAndSeed, async ([inputs, seed, bits]) => {
      const problem = problemOf(seed, inputs, bits);
      const before = errorOf(problem, copyOf(problem.rounded));
      await refine(problem);
      const after = errorOf(problem, problem.rounded);
      expect(after).toBeLessThanOrEqual(before * (1 + 1e-9));
      for (let input = 0; input < inputs; input += 1) {
        for (const change of [-1, 1]) {
          const tried = copyOf(problem.rounded);
          const integer = (tried.integers[input] as number) + change;
          if (integer < 0 || integer > 2 ** bits - 1) continue;
          tried.integers[input] = integer;
          expect(errorOf(problem, tried)).toBeGreaterThanOrEqual(after * (1 - 1e-6));
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('they come close to the best of all integers, which is found by trying them all', async () => {
  const [ratios, nearestRatios]: [number[], number[]] = [[], []];
  for (let seed = 0; seed < 12; seed += 1) {
    const problem = problemOf(seed, 6, 2);
    const nearest = errorOf(problem, problem.rounded);
    await refine(problem);
    const refined = errorOf(problem, problem.rounded);
    let best = Infinity;
    const tried = copyOf(problem.rounded);
    for (let code = 0; code < 4 ** 6; code += 1) {
      for (let input = 0; input < 6; input += 1) tried.integers[input] = (code >> (2 * input)) & 3;
      best = Math.min(best, errorOf(problem, tried));
    }
    // The scale is the refined one, so the best is never above it.
    expect(best).toBeLessThanOrEqual(refined * (1 + 1e-9));
    ratios.push(refined / best);
    nearestRatios.push(nearest / best);
  }
  const middle = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;
  expect(middle(ratios)).toBeLessThan(1.3);
  expect(middle(nearestRatios)).toBeGreaterThan(1.5);
});
