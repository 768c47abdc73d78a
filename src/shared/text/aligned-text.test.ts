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
  expect(alignedText(aligned, null)).toBe(
    'Layers with a counterpart have 75 % of the time of the original’s operators and 80 % of the compressed model’s. 2 layers with 1.000 ms were added. 1 layer with 1.000 ms is gone: fused into others or taken out.',
  );
});

const speedup = { estimate: 1.62, ciLow: 1.5, ciHigh: 1.71 };

test('a ratio of the medians that is not that of the paired rounds is explained, with both', () => {
  expect(alignedText(aligned, { speedup, verdict: 'faster' })).toContain(
    'The 1.80× of the whole run divides the two medians; rounds that were measured together, held against each other pair by pair, say 1.62× (95 % interval 1.50–1.71×).',
  );
});

test.each([
  ['they show the same figure', { speedup: { ...speedup, estimate: 1.8004 }, verdict: 'faster' as const }],
  ['nothing is compared', null],
])('no word of ratios where %s', (_, comparison) => {
  expect(alignedText(aligned, comparison)).not.toContain('pair by pair');
});

test('without an interval none is claimed', () => {
  const unsure = { speedup: { estimate: 1.62, ciLow: null, ciHigh: null }, verdict: 'indistinguishable' as const };
  expect(alignedText(aligned, unsure)).toContain('say 1.62×. What');
});
