import { expect, test } from 'vitest';
import { nodeOf, randomFloats, randomWeight } from '../../../../tests/fakes/small-model.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import { quantizeProduct } from './quantize-product.ts';

/** As many words as vocabularies of language models have: more than a call takes arguments. */
const OUTPUT_COUNT = 151_936;
const INPUT_SCALE = 0.01;

test.each([true, false])('a head of 151,936 outputs is rounded with its bias, per channel %s', (perChannel) => {
  const values = randomFloats(OUTPUT_COUNT, 2);
  values[OUTPUT_COUNT - 1] = 4e7;
  const bias = tensorFrom('b', 'float32', [OUTPUT_COUNT], values);
  const weight = randomWeight('w', [2, OUTPUT_COUNT], 1);
  const node = nodeOf('Gemm', ['x', 'w', 'b'], ['y']);
  const quantized = quantizeProduct(
    { node, name: 'head', input: 'x', weight, channelAxis: 1, bias },
    new Map([['x', { scale: INPUT_SCALE, zeroPoint: 128 }]]),
    { perChannel, weightType: 'int8', weightLimit: 127, balances: false, correctsBias: false },
    { leftovers: new Map(), statistics: new Map() },
  );
  expect(quantized.scales).toHaveLength(perChannel ? OUTPUT_COUNT : 1);
  // The largest bias fits into int32 only by a larger scale.
  const { values: integers, scales } = quantized.bias as { values: Int32Array; scales: Float32Array };
  const last = (integers.at(-1) as number) * (scales.at(-1) as number);
  expect(Math.abs(last / 4e7 - 1)).toBeLessThan(1e-6);
  expect(quantized.scales.at(-1)).toBeCloseTo(4e7 / (INPUT_SCALE * 2 ** 30), 5);
});
