/** Two models side by side, in rows: the same in the terminal, in the window and in reports. */
import { type AlignedLayer, type AlignedOperators, changeMs } from '../align-operators.ts';
import { formatPercent } from '../format.ts';
import type { Comparison } from '../run.ts';
import { namedInterval } from './confidence-text.ts';
import { countText, msText, NOT_KNOWN } from './number-text.ts';

export type AlignedRow = {
  layer: string;
  /** Operators as executed; what became of it where there are none. */
  original: string;
  originalMs: number | null;
  compressed: string;
  compressedMs: number | null;
  change: string;
};

/** Instead of the rows where `hasCounterparts` is false. */
export const NO_COUNTERPARTS =
  'Its layers cannot be set beside those of its baseline, because ONNX Runtime rewrote most of them under new names.';

const MOST_OPERATORS = 3;

/**
 * @param mostRows layers that are named, those with the largest change
 * @returns rows that add up to both medians: the layers, the rest of them, what lies outside of all operators, and the sum
 */
export function alignedRows(aligned: AlignedOperators, mostRows: number): AlignedRow[] {
  const named = aligned.layers.length <= mostRows + 1 ? aligned.layers : aligned.layers.slice(0, mostRows);
  const rest = aligned.layers.slice(named.length);
  const sum = (side: 'original' | 'compressed'): number => rest.reduce((total, layer) => total + layer[side].timeMs, 0);
  const { outsideMs, medianMs } = aligned;
  return [
    ...named.map((layer) => ({
      layer: layer.name,
      original: layer.sides === 'compressed' ? 'added' : operatorsText(layer.original.nodes),
      originalMs: layer.sides === 'compressed' ? null : layer.original.timeMs,
      compressed: layer.sides === 'original' ? 'gone' : operatorsText(layer.compressed.nodes),
      compressedMs: layer.sides === 'original' ? null : layer.compressed.timeMs,
      change: changeText(layer.original.timeMs, layer.compressed.timeMs),
    })),
    ...(rest.length === 0 ? [] : [plainRow(countText(rest.length, 'other layer'), sum('original'), sum('compressed'))]),
    plainRow('outside of operators', outsideMs.original, outsideMs.compressed),
    plainRow('the whole run', medianMs.original, medianMs.compressed),
  ];
}

/** How much of the time has a counterpart, and how to read the rest. @param comparison of the two runs, where they are compared */
export function alignedText(
  { alignedShare, layers, medianMs }: AlignedOperators,
  comparison: Pick<Comparison, 'speedup' | 'verdict'> | null,
): string {
  const added = layers.filter(({ sides }) => sides === 'compressed');
  const gone = layers.filter(({ sides }) => sides === 'original');
  const timeOf = (some: readonly AlignedLayer[]): number =>
    some.reduce((sum, layer) => sum + Math.abs(changeMs(layer)), 0);
  const sentences = [
    `Layers with a counterpart have ${formatPercent(alignedShare.original, 0)} of the time of the original’s operators and ${formatPercent(alignedShare.compressed, 0)} of the compressed model’s.`,
    ...(added.length === 0
      ? []
      : [
          `${countText(added.length, 'layer')} with ${msText(timeOf(added))} ms ${added.length === 1 ? 'was' : 'were'} added.`,
        ]),
    ...(gone.length === 0
      ? []
      : [
          `${countText(gone.length, 'layer')} with ${msText(timeOf(gone))} ms ${gone.length === 1 ? 'is' : 'are'} gone: fused into others or taken out.`,
        ]),
    ...ratiosText(medianMs, comparison),
  ];
  return sentences.join(' ');
}

/** Why the whole run stands there with another ratio than the comparison of the runs; nothing where it does not. */
function ratiosText(
  { original, compressed }: AlignedOperators['medianMs'],
  comparison: Pick<Comparison, 'speedup' | 'verdict'> | null,
): string[] {
  if (comparison === null) return [];
  const ofMedians = (original / compressed).toFixed(2);
  const ofPairs = comparison.speedup.estimate.toFixed(2);
  if (ofMedians === ofPairs) return [];
  const interval = intervalText(comparison.speedup);
  return [
    `The ${ofMedians}× of the whole run divides the two medians; rounds that were measured together, held against each other pair by pair, say ${ofPairs}×${interval}. What changes from round to round is in the medians and cancels in the pairs, so the comparison goes by those.`,
  ];
}

function intervalText({ ciLow, ciHigh, confidence }: Comparison['speedup']): string {
  return ciLow === null || ciHigh === null
    ? ''
    : ` (${namedInterval(confidence, `${ciLow.toFixed(2)}–${ciHigh.toFixed(2)}×`)})`;
}

function plainRow(layer: string, originalMs: number | null, compressedMs: number | null): AlignedRow {
  const change = originalMs === null || compressedMs === null ? NOT_KNOWN : changeText(originalMs, compressedMs);
  return { layer, original: '', originalMs, compressed: '', compressedMs, change };
}

/** `−0.312 ms, 5.5×`: of the time, and how many times as fast it is. */
function changeText(originalMs: number, compressedMs: number): string {
  const difference = compressedMs - originalMs;
  const signed = `${difference < 0 ? '−' : '+'}${msText(Math.abs(difference))}`;
  return originalMs > 0 && compressedMs > 0 ? `${signed} (${(originalMs / compressedMs).toFixed(2)}×)` : signed;
}

/** `QLinearConv, QLinearAdd`, most time first. */
function operatorsText(nodes: AlignedLayer['original']['nodes']): string {
  const counts = [...Map.groupBy(nodes, ({ operator }) => operator)];
  const shown = counts
    .slice(0, MOST_OPERATORS)
    .map(([operator, group]) => (group.length === 1 ? operator : `${operator} × ${group.length}`));
  const others = counts.length - MOST_OPERATORS;
  return others > 0 ? `${shown.join(', ')} and ${countText(others, 'other')}` : shown.join(', ');
}
