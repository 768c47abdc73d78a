import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignOperators, changeMs } from './align-operators.ts';
import { type DividedTime, divideTime } from './operator-profile.ts';

type Line = readonly [operator: string, name: string, ms: number, standsFor?: string[]];

function divided(lines: readonly Line[], medianMs = 10): DividedTime {
  const nodes = lines.map(([operator, name, profiledMs, standsFor]) => ({
    name,
    operator,
    provider: 'CPUExecutionProvider',
    profiledMs,
    ...(standsFor ? { standsFor } : {}),
  }));
  return divideTime({ runCount: 5, profiledRunMs: medianMs, nodes }, medianMs);
}

const summary = (original: DividedTime, compressed: DividedTime) =>
  alignOperators(original, compressed).layers.map((layer) => [
    layer.name,
    layer.sides,
    layer.original.nodes.map(({ operator }) => operator).join(' '),
    layer.compressed.nodes.map(({ operator }) => operator).join(' '),
    Number(changeMs(layer).toFixed(6)),
  ]);

describe('layers of both models', () => {
  test('join by what their nodes stand for, largest change first; conversions were added, others fused away', () => {
    const original = divided([
      ['Conv', 'relu_nchwc', 4, ['conv', 'relu']],
      ['Conv', 'sum_nchwc', 3, ['conv2', 'add']],
      ['ReorderOutput', 'ReorderOutput', 0.5, []],
      ['Flatten', 'flat', 0.25, ['flat']],
    ]);
    const compressed = divided([
      ['QuantizeLinear', 'x_quantize', 1, ['x_quantize']],
      ['QLinearConv', 'conv_token_1', 1, ['conv']],
      ['QLinearConv', 'conv2_token_1', 1, ['conv2']],
      ['QLinearAdd', 'add', 0.75, ['add']],
    ]);
    expect(summary(original, compressed)).toEqual([
      ['conv', 'both', 'Conv', 'QLinearConv', -3],
      ['conv2', 'both', 'Conv', 'QLinearConv QLinearAdd', -1.25],
      ['x_quantize', 'compressed', '', 'QuantizeLinear', 1],
      ['ReorderOutput, added by ONNX Runtime', 'original', 'ReorderOutput', '', -0.5],
      ['flat', 'original', 'Flatten', '', -0.25],
    ]);
  });

  test('take the parts that compression made of an operator, but not a conversion that is named after it', () => {
    const compressed = divided([
      ['ConvInteger', 'conv_integer', 2, ['conv_integer']],
      ['Mul', 'conv_rescale', 1, ['conv_rescale']],
      ['DynamicQuantizeLinear', 'conv_quantize', 0.5, ['conv_quantize']],
    ]);
    expect(summary(divided([['Conv', 'conv', 1, ['conv']]]), compressed)).toEqual([
      ['conv', 'both', 'Conv', 'ConvInteger Mul', 2],
      ['conv_quantize', 'compressed', '', 'DynamicQuantizeLinear', 0.5],
    ]);
  });

  test('follow from names alone where the executed graph was not kept', () => {
    const original = divided([['Conv', 'conv', 2]]);
    expect(summary(original, divided([['QLinearConv', 'conv_quant', 1]]))).toEqual([
      ['conv', 'both', 'Conv', 'QLinearConv', -1],
    ]);
  });

  test('are all or nothing in the share that has a counterpart', () => {
    const aligned = alignOperators(
      divided([
        ['Conv', 'a', 3],
        ['Conv', 'b', 1],
      ]),
      divided([
        ['Conv', 'a', 1],
        ['Conv', 'c', 3],
      ]),
    );
    expect(aligned.alignedShare).toEqual({ original: 0.75, compressed: 0.25 });
  });

  test('and what lies outside of operators always add up to both medians', () => {
    const line = fc.tuple(
      fc.constantFrom('Conv', 'Cast', 'QuantizeLinear'),
      fc.constantFrom('a', 'b', 'c_integer', 'c', 'd_token_1'),
      fc.double({ min: 0.001, max: 3, noNaN: true }),
      fc.option(fc.subarray(['a', 'b', 'c', 'd', 'e']), { nil: undefined }),
    );
    const side = fc
      .array(line, { minLength: 1, maxLength: 12 })
      .map((lines) =>
        divided(
          lines.map(([operator, name, ms, meaning]): Line =>
            meaning ? [operator, name, ms, meaning] : [operator, name, ms],
          ),
        ),
      );
    fc.assert(
      fc.property(side, side, (original, compressed) => {
        const aligned = alignOperators(original, compressed);
        for (const which of ['original', 'compressed'] as const) {
          const sum = aligned.layers.reduce(
            (total, layer) => total + layer[which].timeMs,
            aligned.outsideMs[which] ?? 0,
          );
          expect(sum).toBeCloseTo(aligned.medianMs[which], 8);
        }
        const count = aligned.layers.reduce((total, layer) => total + layer.original.nodes.length, 0);
        expect(count).toBe(original.nodes.length);
      }),
    );
  });
});
