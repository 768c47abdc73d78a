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

/** Float64 little-endian, as the schema says, whatever the machine's own order is. */
export function toSamplesColumn(samplesMs: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(samplesMs.length * 8);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < samplesMs.length; index += 1)
    view.setFloat64(index * 8, samplesMs[index] as number, true);
  return bytes;
}

export function fromSamplesColumn(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / 8 }, (_, index) => view.getFloat64(index * 8, true));
}
