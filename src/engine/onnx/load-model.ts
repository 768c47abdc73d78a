/** Reads a model file. Weights stay views on its bytes, or ranges of external data files that are read when they are needed. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { foreignFileText } from './foreign-file.ts';
import { type ModelProto, modelSchema } from './ir.ts';
import { decodeMessage, startLimits } from './message.ts';
import { attachExternalData } from './external-data.ts';
import { leaveWeights, readWithoutWeights } from './read-without-weights.ts';
import { cursorOver, MalformedFile } from './wire.ts';

export type LoadedModel = {
  path: string;
  model: ModelProto;
  /** Of the file itself. */
  byteLength: number;
  /** Files with weights beside it, relative to its folder, in the order of first use. */
  externalDataFiles: string[];
};

/** Protobuf's own limit of a message. */
const LARGEST_FILE_BYTES = 2 ** 31 - 1;
/** A parser that is handed something else stumbles early; a model that was cut off or damaged, late. */
const RECOGNIZED_BYTES = 64;

/**
 * @param options.leavesWeights in the file, which must stay as it is: large ones are read when they are looked at, and not kept
 * Errors: `not-found`; `invalid-model` for what is no ONNX model, is damaged or cut off, or names external data that is
 * missing or too short. Time and memory are bounded by the size of the file.
 */
export async function loadModel(path: string, options: { leavesWeights?: boolean } = {}): Promise<LoadedModel> {
  const file = `“${basename(path)}”`;
  const byteLength = await sizeOf(path, file);
  const isLeft = options.leavesWeights === true;
  const bytes = await readFrom(path, () => (isLeft ? readWithoutWeights(path, byteLength) : readFile(path)));
  const model = decodeModel(bytes, path);
  if (isLeft) leaveWeights(model, bytes, path);
  const { graph } = model;
  if (!graph || (graph.nodes.length === 0 && graph.outputs.length === 0)) {
    throw new AppError('invalid-model', notModelText(path, 'holds no graph'));
  }
  const externalDataFiles = attachExternalData(model, path, file);
  return { path, model, byteLength, externalDataFiles };
}

async function sizeOf(path: string, file: string): Promise<number> {
  const facts = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new AppError('not-found', `There is no file ${path}.`, { cause: error });
    throw new AppError('input-output', `${path} cannot be read: ${error.message}.`, { cause: error });
  });
  if (facts.isDirectory()) throw new AppError('not-found', `${path} is a folder, not a model file.`);
  if (facts.size > LARGEST_FILE_BYTES) {
    throw new AppError(
      'invalid-model',
      `${file} has ${facts.size} bytes; an ONNX file has less than 2 GiB. Save larger models with external data.`,
    );
  }
  return facts.size;
}

async function readFrom<Bytes>(path: string, read: () => Bytes | Promise<Bytes>): Promise<Bytes> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('input-output', `${path} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
}

function decodeModel(bytes: Buffer, path: string): ModelProto {
  const cursor = cursorOver(bytes);
  try {
    return decodeMessage(modelSchema, cursor, startLimits(bytes.length));
  } catch (error) {
    if (!(error instanceof MalformedFile)) throw error;
    const message = looksLikeModel(bytes)
      ? `“${basename(path)}” is damaged or cut off: it ${error.message}.`
      : notModelText(path, error.message);
    throw new AppError('invalid-model', message, { cause: error });
  }
}

/** What is known of such files helps more than where their bytes stop to be a model. */
function notModelText(path: string, reason: string): string {
  const foreign = foreignFileText(path);
  const file = `“${basename(path)}”`;
  return foreign === null ? `${file} is not an ONNX model: it ${reason}.` : `${file} is not an ONNX model. ${foreign}`;
}

/** A model begins with its IR version, which is small, and goes on with a name, a version or the graph. */
function looksLikeModel(bytes: Buffer): boolean {
  return (
    bytes.length >= RECOGNIZED_BYTES &&
    bytes[0] === 0x08 &&
    (bytes[1] as number) < 64 &&
    ((bytes[2] as number) & 7) !== 7
  );
}
