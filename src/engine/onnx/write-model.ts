/** Writes a model file. What was not touched since it was read is written back byte for byte. */
import { open, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { externalContents } from './external-data.ts';
import { type ModelProto, modelSchema, stringEntrySchema, type TensorProto } from './ir.ts';
import { createMessage, encodeMessage } from './message.ts';
import { walkTensors } from './walk-model.ts';
import { type LazyBytes, ropeParts } from './wire.ts';

/** Files of 2 GiB cannot be read back; beyond this, weights go to a file of their own. */
const LARGEST_SINGLE_FILE_BYTES = 1_900_000_000;
/** Shapes and other small tensors stay in the model, where ONNX Runtime looks for them. */
const SMALLEST_EXTERNAL_BYTES = 1024;
const EXTERNAL = 1;
/** ONNX Runtime maps weights into memory when they begin at a page. */
const ALIGNMENT_BYTES = 4096;

/**
 * The file is complete on the disk when this returns. Weights that were external are taken in, unless the model would then
 * not fit into one file: then all large ones go to `<name>.data` beside it. Changes the model's tensors accordingly.
 */
export async function writeModel(
  model: ModelProto,
  path: string,
): Promise<{ sizeBytes: number; externalDataFiles: string[] }> {
  takeIn(model);
  const whole = encodeMessage(modelSchema, model);
  if (whole.byteLength <= LARGEST_SINGLE_FILE_BYTES) {
    await writeParts(path, ropeParts(whole));
    return { sizeBytes: whole.byteLength, externalDataFiles: [] };
  }
  const dataName = `${basename(path)}.data`;
  const dataBytes = await moveOut(model, join(dirname(path), dataName), dataName);
  const rest = encodeMessage(modelSchema, model);
  await writeParts(path, ropeParts(rest));
  return { sizeBytes: rest.byteLength + dataBytes, externalDataFiles: [dataName] };
}

function takeIn(model: ModelProto): void {
  for (const tensor of walkTensors(model)) {
    const contents = externalContents(tensor);
    if (!contents) continue;
    tensor.rawData = contents;
    tensor.externalData = [];
    tensor.dataLocation = 0;
  }
}

async function moveOut(model: ModelProto, dataPath: string, dataName: string): Promise<number> {
  const file = await open(dataPath, 'w');
  let position = 0;
  try {
    for (const tensor of walkTensors(model)) {
      const { rawData } = tensor;
      if (rawData === undefined || rawData.byteLength < SMALLEST_EXTERNAL_BYTES) continue;
      const padding = (ALIGNMENT_BYTES - (position % ALIGNMENT_BYTES)) % ALIGNMENT_BYTES;
      if (padding > 0) await writeAll(file, new Uint8Array(padding));
      position += padding;
      await writeAll(file, contentsOf(rawData));
      pointTo(tensor, { location: dataName, offset: position, length: rawData.byteLength });
      position += rawData.byteLength;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return position;
}

function pointTo(tensor: TensorProto, range: { location: string; offset: number; length: number }): void {
  tensor.rawData = undefined;
  tensor.dataLocation = EXTERNAL;
  tensor.externalData = Object.entries(range).map(([key, value]) =>
    createMessage(stringEntrySchema, { key, value: String(value) }),
  );
}

async function writeParts(path: string, parts: readonly (Uint8Array | LazyBytes)[]): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const part of parts) await writeAll(file, contentsOf(part));
    await file.sync();
  } finally {
    await file.close();
  }
}

function contentsOf(part: Uint8Array | LazyBytes): Uint8Array {
  return part instanceof Uint8Array ? part : part.read();
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let position = 0;
  while (position < bytes.byteLength) {
    const { bytesWritten } = await file.write(bytes, position, Math.min(bytes.byteLength - position, 2 ** 30));
    position += bytesWritten;
  }
}
