/** What layers of random models are made with. */
import type { nodeOf } from '../fakes/small-model.ts';

/** Without the batch: [channels, height, width], [steps, width] or [width]. */
export type Value = { name: string; dims: number[] };

/** What a layer reads, and the numbers that its sizes and attributes are chosen by. */
export type LayerDraw = { kind: number; from: number; other: number; a: number; b: number };

export type Builder = {
  opset: number;
  batch: 1 | null;
  add: (opType: string, inputs: string[], dims: number[], attributes?: Attributes) => Value;
  /** Several outputs. */
  addAll: (opType: string, inputs: string[], dims: number[][], attributes?: Attributes) => Value[];
  weight: (dims: number[], scale?: number) => string;
  /** All of them above zero. */
  positive: (dims: number[]) => string;
  constant: (values: number[], dims?: number[]) => string;
  integers: (...values: number[]) => string;
  integer: (value: number) => string;
  /** Its earlier values, to choose from. */
  values: Value[];
};

export type Attributes = Parameters<typeof nodeOf>[3];
/** Adds an operator, or a few that stand together in real networks, behind a value; null where it does not fit. */
export type Layer = (at: Builder, value: Value, draw: LayerDraw) => Value | null;

export const product = (dims: readonly number[]): number => dims.reduce((all, size) => all * size, 1);
export const pick = <T>(list: readonly T[], number: number): T => list[number % list.length] as T;
export const same = (a: readonly number[], b: readonly number[]): boolean => a.join() === b.join();
export const unary =
  (opType: string, least = 0, attributes?: (draw: LayerDraw) => Attributes): Layer =>
  (at, value, draw) =>
    at.opset < least ? null : at.add(opType, [value.name], value.dims, attributes?.(draw));
