/**
 * Weights in files of their own: https://github.com/onnx/onnx/blob/main/docs/ExternalData.md. `location` is a path relative
 * to the model, `offset` and `length` are bytes.
 */
import { realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize, relative, sep } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { elementCount } from './element-count.ts';
import { elementTypeOf, rawByteLength } from './element-types.ts';
import { fileRange } from './file-range.ts';
import type { ModelProto, TensorProto } from './ir.ts';
import { walkTensors } from './walk-model.ts';
import type { LazyBytes } from './wire.ts';

const EXTERNAL = 1;
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
export function attachExternalData(model: ModelProto, modelPath: string, file: string): string[] {
  const sizes = new Map<string, number>();
  for (const tensor of walkTensors(model)) {
    if (tensor.dataLocation !== EXTERNAL) continue;
    const about = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
    const location = requireLocation(about.get('location'), tensor, file);
    const path = join(dirname(modelPath), location);
    const sizeBytes = sizes.get(location) ?? sizeOf(path, location, { path: modelPath, file });
    sizes.set(location, sizeBytes);
    const offset = parseBytes(about.get('offset') ?? '0');
    const length = about.has('length')
      ? parseBytes(about.get('length') ?? '')
      : lengthWithoutEntry(tensor, sizeBytes - (offset ?? 0));
    if (offset === null || length === null || offset + length > sizeBytes) {
      throw new AppError(
        'invalid-model',
        `${file} is damaged or cut off: its weight “${tensor.name}” is said to begin at byte ${about.get('offset') ?? 0} of ${location} and to have ${about.get('length') ?? length} bytes; the file has ${sizeBytes}.`,
      );
    }
    contentsByTensor.set(tensor, fileRange(path, offset, length));
  }
  return [...sizes.keys()];
}

/** What the elements need, or, where that cannot be told, what is left of the file. */
function lengthWithoutEntry(tensor: TensorProto, restBytes: number): number {
  const type = elementTypeOf(tensor.dataType);
  return type === undefined || type === 'string' ? restBytes : rawByteLength(type, elementCount(tensor));
}

function requireLocation(location: string | undefined, tensor: TensorProto, file: string): string {
  const normalized = location === undefined ? '' : normalize(location);
  const [first] = normalized.split(sep);
  if (normalized === '' || isAbsolute(normalized) || first === '..' || normalized.includes('\0')) {
    throw new AppError(
      'invalid-model',
      `${file} keeps its weight “${tensor.name}” at “${location ?? ''}”, which is no file beside the model.`,
    );
  }
  return normalized;
}

function sizeOf(path: string, location: string, model: { path: string; file: string }): number {
  const facts = inspect(path, location, model.file);
  if (facts === null) {
    throw new AppError(
      'invalid-model',
      `${model.file} keeps weights in ${location}, which is missing. Put it beside the model.`,
    );
  }
  const isBeside = foldersOf(model.path).some((folder) => isInside(folder, facts.realPath));
  if (isBeside) return facts.sizeBytes;
  throw new AppError(
    'invalid-model',
    `${model.file} keeps weights in ${location}, which is a link to a place outside of the model’s folder. Put the file itself beside the model.`,
  );
}

function inspect(path: string, location: string, file: string): { sizeBytes: number; realPath: string } | null {
  try {
    const facts = statSync(path, { throwIfNoEntry: false });
    return facts?.isFile() ? { sizeBytes: facts.size, realPath: realpathSync(path) } : null;
  } catch (error) {
    const { message } = error as Error;
    throw new AppError('invalid-model', `${file} keeps weights in “${location}”, which cannot be read: ${message}.`, {
      cause: error,
    });
  }
}

/**
 * Where its weights may be: a link must not lead to files that the model has no business with. Download caches keep a model and
 * its weights as links to files that lie together elsewhere, so beside the model's own file is as good as beside the link to it.
 */
function foldersOf(modelPath: string): string[] {
  return [realpathSync(dirname(modelPath)), dirname(realpathSync(modelPath))];
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way.split(sep)[0] !== '..';
}

function parseBytes(text: string): number | null {
  const value = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(value) ? value : null;
}
