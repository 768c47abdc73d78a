/** Writes a model file. What was not touched since it was read is written back byte for byte. */
import { open, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { formatBytes } from '#shared/format.ts';
import { externalContents } from './external-data.ts';
import { type ModelProto, modelSchema, stringEntrySchema, type TensorProto } from './ir.ts';
import { createMessage, encodeMessage } from './message.ts';
import { walkGraphs, walkNodes, walkTensors } from './walk-model.ts';
import { type LazyBytes, ropeParts } from './wire.ts';

/** Files of 2 GiB cannot be read back; beyond this, weights go to a file of their own. */
const LARGEST_SINGLE_FILE_BYTES = 1_900_000_000;
/** Shapes and other small tensors stay in the model, where ONNX Runtime looks for them. */
const SMALLEST_EXTERNAL_BYTES = 1024;
const EXTERNAL = 1;
const MOST_REPORTS = 100;
/** ONNX Runtime maps weights into memory when they begin at a page. */
const ALIGNMENT_BYTES = 4096;

type Contents = Uint8Array | LazyBytes;
/** Where the elements of a tensor are. */
type Placement = Pick<TensorProto, 'rawData' | 'dataLocation' | 'externalData'>;

export type WrittenModel = { sizeBytes: number; externalDataFiles: string[] };

/**
 * The file is complete on the disk when this returns, unless it is temporary, and the model in memory is as it was. Weights that were external are
 * taken in, unless the model would then not fit into one file: then all large ones go to `<name>.data` beside it. Weights are
 * read, or computed, one after the other, and forgotten again.
 * @param options.onBytes how much was written so far, of how much in all
 * @param options.largestSingleFileBytes from which on weights go to a file of their own
 * @param options.isTemporary not to be waited for until it is on the disk
 * Errors: `unsupported` for a model that does not fit into one file without weights, either.
 */
export async function writeModel(
  model: ModelProto,
  path: string,
  options: {
    onBytes?: (doneBytes: number, totalBytes: number) => void;
    largestSingleFileBytes?: number;
    isTemporary?: boolean;
  } = {},
): Promise<WrittenModel> {
  const { onBytes, largestSingleFileBytes = LARGEST_SINGLE_FILE_BYTES, isTemporary = false } = options;
  const places = new Map<TensorProto, Placement>();
  try {
    takeIn(model, places);
    const whole = encodeMessage(modelSchema, model);
    const report = createReporter(whole.byteLength, onBytes);
    if (whole.byteLength <= largestSingleFileBytes) {
      await writeFile(path, isTemporary, (file) => writeParts(file, ropeParts(whole), report));
      return { sizeBytes: whole.byteLength, externalDataFiles: [] };
    }
    const dataName = `${basename(path)}.data`;
    const moved = moveOut(model, dataName, places);
    const rest = encodeMessage(modelSchema, model);
    if (rest.byteLength > LARGEST_SINGLE_FILE_BYTES) {
      throw new AppError(
        'unsupported',
        `The model cannot be written: its graph takes ${formatBytes(rest.byteLength)} besides its weights, and an ONNX file has less than 2 GiB.`,
      );
    }
    const dataPath = join(dirname(path), dataName);
    const dataBytes = await writeFile(dataPath, isTemporary, (file) => writeAligned(file, moved, report));
    await writeFile(path, isTemporary, (file) => writeParts(file, ropeParts(rest), report));
    return { sizeBytes: rest.byteLength + dataBytes, externalDataFiles: [dataName] };
  } finally {
    for (const [tensor, place] of places) Object.assign(tensor, place);
  }
}

function place(tensor: TensorProto, at: Placement, places: Map<TensorProto, Placement>): void {
  const { rawData, dataLocation, externalData } = tensor;
  if (!places.has(tensor)) places.set(tensor, { rawData, dataLocation, externalData });
  Object.assign(tensor, at);
}

function takeIn(model: ModelProto, places: Map<TensorProto, Placement>): void {
  for (const tensor of walkTensors(model)) {
    const contents = externalContents(tensor);
    if (contents) place(tensor, { rawData: contents, externalData: [], dataLocation: 0 }, places);
  }
}

type Moved = { contents: Contents; offset: number };

/** Lets the large weights point into a data file, and returns what belongs there. */
function moveOut(model: ModelProto, dataName: string, places: Map<TensorProto, Placement>): Moved[] {
  const moved: Moved[] = [];
  let position = 0;
  for (const tensor of movableTensors(model)) {
    const { rawData } = tensor;
    if (rawData === undefined || rawData.byteLength < SMALLEST_EXTERNAL_BYTES) continue;
    const offset = Math.ceil(position / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    moved.push({ contents: rawData, offset });
    position = offset + rawData.byteLength;
    const range = { location: dataName, offset, length: rawData.byteLength };
    const externalData = Object.entries(range).map(([key, value]) =>
      createMessage(stringEntrySchema, { key, value: String(value) }),
    );
    place(tensor, { rawData: undefined, dataLocation: EXTERNAL, externalData }, places);
  }
  return moved;
}

/** Weights, and the values of Constant nodes: what ONNX Runtime reads from external data, in subgraphs too. */
function* movableTensors(model: ModelProto): Generator<TensorProto> {
  for (const { initializers } of walkGraphs(model)) yield* initializers;
  for (const { opType, attributes } of walkNodes(model)) {
    if (opType === 'Constant') for (const { tensor } of attributes) if (tensor) yield tensor;
  }
}

type Report = (byteLength: number) => void;

function createReporter(
  totalBytes: number,
  onBytes: (doneBytes: number, totalBytes: number) => void = () => {},
): Report {
  let doneBytes = 0;
  let toldBytes = 0;
  return (byteLength) => {
    doneBytes += byteLength;
    if (doneBytes < totalBytes && doneBytes - toldBytes < totalBytes / MOST_REPORTS) return;
    toldBytes = doneBytes;
    onBytes(Math.min(doneBytes, totalBytes), totalBytes);
  };
}

async function writeFile<Result>(
  path: string,
  isTemporary: boolean,
  write: (file: FileHandle) => Promise<Result>,
): Promise<Result> {
  const file = await open(path, 'w');
  try {
    const result = await write(file);
    if (!isTemporary) await file.sync();
    return result;
  } finally {
    await file.close();
  }
}

async function writeParts(file: FileHandle, parts: readonly Contents[], report: Report): Promise<void> {
  for (const part of parts) await writeContents(file, part, report);
}

/** @returns the size of the file */
async function writeAligned(file: FileHandle, moved: readonly Moved[], report: Report): Promise<number> {
  let position = 0;
  for (const { contents, offset } of moved) {
    if (offset > position) await writeAll(file, new Uint8Array(offset - position));
    await writeContents(file, contents, report);
    position = offset + contents.byteLength;
  }
  return position;
}

async function writeContents(file: FileHandle, contents: Contents, report: Report): Promise<void> {
  let written = 0;
  for (const piece of contents instanceof Uint8Array ? [contents] : contents.pieces()) {
    await writeAll(file, piece);
    written += piece.byteLength;
    report(piece.byteLength);
  }
  // Lengths and offsets are in the file already.
  if (written !== contents.byteLength)
    throw new Error(`A weight of ${contents.byteLength} bytes came out with ${written}.`);
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let position = 0;
  while (position < bytes.byteLength) {
    const { bytesWritten } = await file.write(bytes, position, Math.min(bytes.byteLength - position, 2 ** 30));
    position += bytesWritten;
  }
}
