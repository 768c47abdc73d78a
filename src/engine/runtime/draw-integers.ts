/** Integers for an input. They mean something: a mask, a position, a row of a table. Pure. */
import { countText } from '#shared/text/number-text.ts';
import type { ResolvedInput } from './resolve-shapes.ts';

type IntegerRule = {
  mark: RegExp;
  describe: string;
  valueAt: (index: number, shape: readonly number[]) => number;
};

/** By the input's name these are what the common exporters mean. First match. */
const integerRules: readonly IntegerRule[] = [
  { mark: /mask/i, describe: 'ones', valueAt: () => 1 },
  { mark: /token_?type|segment/i, describe: 'zeros', valueAt: () => 0 },
  {
    mark: /position/i,
    describe: 'positions',
    valueAt: (index, shape) => index % Math.max(1, shape.at(-1) ?? 1),
  },
  { mark: /^sr$|sample_?rate/i, describe: 'the sample rate', valueAt: () => 16_000 },
  { mark: /len(gth)?s?$/i, describe: 'ones', valueAt: () => 1 },
];
/** Small enough to be valid as an index into most tables that are made by a computation, so that their rows are not known. */
const LARGEST_INDEX = 9;
const BYTE_RANGES: Readonly<Record<string, readonly [lowest: number, highest: number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
};

/** Bytes uniformly from their range, wider ones by their name or small indices; all within the rows of the input's table. */
export function drawIntegers(input: ResolvedInput, length: number, random: () => number): number[] {
  const rule = ruleOf(input);
  const rows = rowsOf(input);
  const [lowest, highest] = drawnRange(input);
  return Array.from({ length }, (_, index) =>
    rule ? withinRows(rule.valueAt(index, input.shape), rows) : lowest + Math.floor(random() * (highest - lowest + 1)),
  );
}

/** What `drawIntegers` makes, in words, and the smallest and largest of it. */
export function describeIntegers(input: ResolvedInput): { kind: string; lowest: number; highest: number } {
  const { dtype, shape } = input;
  const rule = ruleOf(input);
  const rows = rowsOf(input);
  if (!rule) {
    const [lowest, highest] = drawnRange(input);
    const usual = BYTE_RANGES[dtype] ?? [0, LARGEST_INDEX];
    const isCapped = lowest !== usual[0] || highest !== usual[1];
    const kind = isCapped
      ? `indices of the ${tableText(input)}`
      : dtype in BYTE_RANGES
        ? 'all bytes alike'
        : 'small indices';
    return { kind, lowest, highest };
  }
  const [first, last] = [rule.valueAt(0, shape), rule.valueAt(Math.max(0, (shape.at(-1) ?? 1) - 1), shape)];
  if (last < rows) return { kind: rule.describe, lowest: first, highest: last };
  return {
    kind: `${rule.describe} within the ${tableText(input)}`,
    lowest: withinRows(first, rows),
    highest: first < last ? rows - 1 : withinRows(last, rows),
  };
}

function ruleOf({ name, dtype }: ResolvedInput): IntegerRule | undefined {
  return dtype in BYTE_RANGES ? undefined : integerRules.find(({ mark }) => mark.test(name));
}

/** Of what is not made by a rule. Negative bytes would count from the end of a table, which not every provider can. */
function drawnRange(input: ResolvedInput): readonly [lowest: number, highest: number] {
  const [lowest, highest] = BYTE_RANGES[input.dtype] ?? [0, LARGEST_INDEX];
  return input.table ? [0, Math.min(highest, input.table.rows - 1)] : [lowest, highest];
}

/** How many rows the smallest table has that the values are indices of. */
function rowsOf({ table }: ResolvedInput): number {
  return table?.rows ?? Infinity;
}

function tableText({ table }: ResolvedInput): string {
  return table ? `${countText(table.rows, 'row')} of “${table.name}”` : '';
}

/** Positions beyond the last row begin again. */
function withinRows(value: number, rows: number): number {
  return rows === Infinity ? value : value % rows;
}
