/**
 * Weights in files of their own: https://github.com/onnx/onnx/blob/main/docs/ExternalData.md. `location` is a path relative
 * to the model, `offset` and `length` are bytes.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { isAbsolute, join, normalize } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import type { ModelProto, TensorProto } from './ir.ts';
import { walkTensors } from './walk-model.ts';
import type { LazyBytes } from './wire.ts';

const EXTERNAL = 1;
/** A multiple of the size of every element. */
const PIECE_BYTES = 2 ** 22;
const contentsByTensor = new WeakMap<TensorProto, LazyBytes>();

/** The bytes of a tensor that lie outside of the model's file; undefined for all others. */
export function externalContents(tensor: TensorProto): LazyBytes | undefined {
  return tensor.dataLocation === EXTERNAL ? contentsByTensor.get(tensor) : undefined;
}

/**
 * Finds the contents of every tensor with external data; reads nothing of them.
 * @returns the files, relative to the model's folder, in the order of first use
 * Errors: `invalid-model` for a location outside of the folder, a missing file, or one that is too short.
 */
export function attachExternalData(model: ModelProto, folder: string, file: string): string[] {
  const sizes = new Map<string, number>();
  for (const tensor of walkTensors(model)) {
    if (tensor.dataLocation !== EXTERNAL) continue;
    const about = Object.fromEntries(tensor.externalData.map(({ key, value }) => [key, value]));
    const location = requireLocation(about['location'], tensor, file);
    const path = join(folder, location);
    const sizeBytes = sizes.get(location) ?? sizeOf(path, location, file);
    sizes.set(location, sizeBytes);
    const offset = parseBytes(about['offset'] ?? '0');
    const length = about['length'] === undefined ? sizeBytes - (offset ?? 0) : parseBytes(about['length']);
    if (offset === null || length === null || offset + length > sizeBytes) {
      throw new AppError(
        'invalid-model',
        `${file} is damaged or cut off: its weight “${tensor.name}” is said to be bytes ${about['offset'] ?? 0} to ${(offset ?? 0) + (length ?? 0)} of ${location}, which has ${sizeBytes}.`,
      );
    }
    contentsByTensor.set(tensor, rangeOf(path, offset, length));
  }
  return [...sizes.keys()];
}

function requireLocation(location: string | undefined, tensor: TensorProto, file: string): string {
  const normalized = location === undefined ? '' : normalize(location);
  if (normalized === '' || isAbsolute(normalized) || normalized.startsWith('..') || normalized.includes('\0')) {
    throw new AppError(
      'invalid-model',
      `${file} keeps its weight “${tensor.name}” at “${location ?? ''}”, which is no file beside the model.`,
    );
  }
  return normalized;
}

function sizeOf(path: string, location: string, file: string): number {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts?.isFile()) return facts.size;
  throw new AppError(
    'invalid-model',
    `${file} keeps weights in ${location}, which is missing. Put it beside the model.`,
  );
}

function parseBytes(text: string): number | null {
  const value = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(value) ? value : null;
}

function rangeOf(path: string, offset: number, length: number): LazyBytes {
  return {
    byteLength: length,
    read() {
      const bytes = Buffer.allocUnsafe(length);
      const file = openSync(path, 'r');
      try {
        fill(file, path, bytes, offset);
      } finally {
        closeSync(file);
      }
      return bytes;
    },
    *pieces() {
      const buffer = Buffer.allocUnsafe(Math.min(length, PIECE_BYTES));
      const file = openSync(path, 'r');
      try {
        for (let done = 0; done < length; done += buffer.length) {
          const piece = buffer.subarray(0, length - done);
          fill(file, path, piece, offset + done);
          yield piece;
        }
      } finally {
        closeSync(file);
      }
    },
  };
}

function fill(file: number, path: string, bytes: Buffer, offset: number): void {
  let position = 0;
  while (position < bytes.length) {
    const count = readSync(file, bytes, position, Math.min(bytes.length - position, 2 ** 30), offset + position);
    if (count === 0) throw new AppError('invalid-model', `${path} was cut off while it was read.`);
    position += count;
  }
}
