import { expect, test } from 'vitest';
import type { AlignedOperators } from '../align-operators.ts';
import { alignedRows, alignedText } from './aligned-text.ts';

const node = (operator: string, timeMs: number) => ({ name: operator, operator, timeMs });
const side = (...nodes: ReturnType<typeof node>[]) => ({
  timeMs: nodes.reduce((sum, { timeMs }) => sum + timeMs, 0),
  nodes,
});
const aligned: AlignedOperators = {
  medianMs: { original: 4.5, compressed: 2.5 },
  outsideMs: { original: 0.5, compressed: null },
  alignedShare: { original: 0.75, compressed: 0.8 },
  layers: [
    {
      name: 'conv',
      sides: 'both',
      original: side(node('Conv', 3)),
      compressed: side(node('QLinearConv', 1), node('QLinearAdd', 0.5)),
    },
    { name: 'relu', sides: 'original', original: side(node('Relu', 1)), compressed: side() },
    { name: 'q', sides: 'compressed', original: side(), compressed: side(node('QuantizeLinear', 0.5)) },
    { name: 'other', sides: 'compressed', original: side(), compressed: side(node('Cast', 0.5)) },
  ],
};

test('rows name the largest changes, sum up the others, and end with the whole run', () => {
  expect(
    alignedRows(aligned, 2).map((row) =>
      Object.values(row)
        .map((value) => value ?? '—')
        .join(' | '),
    ),
  ).toEqual([
    'conv | Conv | 3 | QLinearConv, QLinearAdd | 1.5 | −1.500 (2.00×)',
    'relu | Relu | 1 | gone | — | −1.000',
    '2 other layers |  | 0 |  | 1 | +1.000',
    'outside of operators |  | 0.5 |  | — | —',
    'the whole run |  | 4.5 |  | 2.5 | −2.000 (1.80×)',
  ]);
  expect(alignedText(aligned)).toBe(
    'Layers with a counterpart have 75 % of the time of the original’s operators and 80 % of the compressed model’s. 2 layers with 1.000 ms were added. 1 layer with 1.000 ms is gone: fused into others or taken out.',
  );
});
