/** How values become columns and come back, checked against their schemas. */
import { isAbsolute, join, relative, sep } from 'node:path';
import type { z } from 'zod';

export function toJsonColumn(value: unknown): string {
  return JSON.stringify(value);
}

export function toNullableJsonColumn(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

export function fromJsonColumn<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> {
  return schema.parse(JSON.parse(text));
}

export function fromNullableJsonColumn<Schema extends z.ZodType>(
  schema: Schema,
  text: string | null,
): z.output<Schema> | null {
  return text === null ? null : fromJsonColumn(schema, text);
}

/** A path inside the home becomes relative, with `/`; any other stays absolute. */
export function toPathColumn(homePath: string, path: string): string {
  const fromHome = relative(homePath, path);
  return fromHome.startsWith('..') || isAbsolute(fromHome) ? path : fromHome.split(sep).join('/');
}

export function fromPathColumn(homePath: string, column: string): string {
  return isAbsolute(column) ? column : join(homePath, ...column.split('/'));
}

/** Float64 little-endian, as the schema says and as every machine has them that ONNX Runtime is built for. */
export function toSamplesColumn(samplesMs: ArrayLike<number>): Uint8Array {
  return new Uint8Array(new Float64Array(samplesMs).buffer);
}

export function fromSamplesColumn(bytes: Uint8Array): Float64Array {
  // A copy, because numbers have to start at a multiple of eight bytes.
  return new Float64Array(new Uint8Array(bytes).buffer);
}
