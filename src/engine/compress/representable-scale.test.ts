/** Channels whose weights are next to nothing beside those of others, against double precision and in the real ONNX Runtime. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modelOf, nodeOf, randomFloats, runOnFeeds } from '../../../tests/fakes/small-model.ts';
import { tensorFrom } from '../onnx/tensor-contents.ts';
import { quantizeWeight } from './quantize-weight.ts';
import { representableScale, SMALLEST_SCALE } from './representable-scale.ts';
import { requirePass } from './validate-recipe.ts';

test('a scale is rounded to float32, is never below the smallest normal number, and 1 where there is nothing to hold', () => {
  expect(representableScale(0.1)).toBe(Math.fround(0.1));
  expect(representableScale(0)).toBe(1);
  expect(representableScale(1e-40)).toBe(SMALLEST_SCALE);
  // So that the step of a bias is a normal number too.
  expect(representableScale(1e-40, 2 ** -6)).toBe(2 ** -120);
  expect(representableScale(1e-40, 2 ** -200)).toBe(1);
  expect(representableScale(1e-37, 1e-3)).toBe(Math.fround(1e-37));
});

test('weights of any magnitude are within half a step, and a step is no larger than float32 asks for', () => {
  const rows = fc.array(fc.record({ power: fc.integer({ min: -149, max: -90 }), seed: fc.integer() }), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(rows, fc.constantFrom('int8' as const, 'uint8' as const), (channels, type) => {
      const weight = Float32Array.from(
        channels.flatMap(({ power, seed }) => [...randomFloats(8, seed)].map((value) => value * 2 ** power)),
      );
      const dims = [channels.length, 8];
      const { values, scales, zeroPoints } = quantizeWeight(weight, { dims, axis: 0, type, isReduced: false });
      for (const [index, exact] of weight.entries()) {
        const channel = Math.floor(index / 8);
        const own = weight.subarray(8 * channel, 8 * channel + 8);
        const steps = type === 'int8' ? 127 : 255;
        const width = type === 'int8' ? Math.max(...own.map(Math.abs)) : Math.max(0, ...own) - Math.min(0, ...own);
        const step = Math.max(width / steps, SMALLEST_SCALE);
        const back = ((values[index] as number) - (zeroPoints[channel] as number)) * (scales[channel] as number);
        // The rounded zero point can move the far end of a range by another half step.
        expect(Math.abs(back - exact)).toBeLessThanOrEqual(step * (type === 'int8' ? 0.5 : 1) * (1 + 1e-5));
      }
    }),
  );
});

describe('a channel of 1e-36 beside one of 1', () => {
  const inputs = 512;
  const magnitudes = [1, 1e-36];
  const weight = Float32Array.from(randomFloats(inputs * 2, 3), (value, index) => value * (magnitudes[index % 2] ?? 0));
  const x = randomFloats(inputs, 4);
  const termsOf = (column: number): number[] =>
    Array.from(x, (value, row) => value * (weight[2 * row + column] as number));
  const exact = magnitudes.map((_, column) => termsOf(column).reduce((sum, term) => sum + term, 0));
  const norms = magnitudes.map((_, column) => Math.hypot(...termsOf(column)));

  test.each([
    ['quantize-dynamic', {}, 0.03],
    ['quantize-weights', { method: 'nearest', bits: 8 }, 0.03],
    ['quantize-weights', { method: 'hqq', bits: 8 }, 0.03],
    ['quantize-weights', { method: 'nearest', bits: 4, headBits: 4 }, 0.15],
    ['quantize-static', { keepSmall: 'never' }, 0.03],
  ])('keeps its values, by %s %j', async (pass, settings, tolerance) => {
    const model = modelOf(21, {
      inputs: { x: ['float32', [1, inputs]] },
      outputs: ['y'],
      nodes: [nodeOf('MatMul', ['x', 'w'], ['y'])],
      weights: [tensorFrom('w', 'float32', [inputs, 2], weight)],
    });
    const { settings: schema, apply } = requirePass(pass);
    await apply(model, schema.parse(settings), {
      parentPath: '',
      inputs: { kind: 'generated', seed: 1 },
      cpuExtensions: async () => [],
      onProgress: () => {},
    });
    const { y = [] } = await runOnFeeds(model, { x: { dims: [1, inputs], values: x } });
    for (const [column, value] of exact.entries()) {
      expect(Math.abs((y[column] as number) - value) / (norms[column] as number)).toBeLessThan(tolerance);
    }
  });
});
