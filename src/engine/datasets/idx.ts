/**
 * IDX, the format of MNIST and its relatives: big-endian magic `00 00 type rank`, one uint32 per dimension, then the values.
 * Unsigned bytes only, plain or gzipped. Format: https://yann.lecun.com/exdb/mnist/ (archived).
 */
import { AppError } from '#shared/app-error.ts';
import type { DatasetSource } from '#shared/dataset.ts';
import { type ByteStream, type ReadChunks, streamOf } from './byte-stream.ts';
import type { DatasetFormat, DatasetReader } from './dataset-format.ts';

const UNSIGNED_BYTE = 0x08;
const LARGEST_RANK = 8;

type OpenBytes = (path: string) => ByteStream;

export const idxFormat: DatasetFormat = { id: 'idx', open: openIdx };

async function openIdx(source: DatasetSource, read: ReadChunks): Promise<DatasetReader> {
  const openBytes: OpenBytes = (path) => streamOf(read(path));
  const [itemCount, ...itemDimensions] = await readDimensions(source.inputsPath, openBytes);
  if (itemCount === undefined || itemDimensions.length === 0) {
    throw new AppError('invalid-input', `${source.inputsPath} holds single values, not items; images are needed.`);
  }
  const labels = source.labelsPath === null ? null : await readLabels(source.labelsPath, itemCount, openBytes);
  const itemBytes = itemDimensions.reduce((product, size) => product * size, 1);
  return {
    itemCount,
    // Images of one channel come as [rows, columns]; models take [channels, rows, columns].
    itemShape: itemDimensions.length === 2 ? [1, ...itemDimensions] : itemDimensions,
    labels,
    readItems: (batchSize) => readItems(source.inputsPath, { itemCount, itemBytes, batchSize }, openBytes),
  };
}

async function readDimensions(path: string, openBytes: OpenBytes): Promise<number[]> {
  const bytes = openBytes(path);
  try {
    return await readHeader(path, bytes);
  } finally {
    await bytes.close();
  }
}

async function readLabels(path: string, itemCount: number, openBytes: OpenBytes): Promise<Uint8Array> {
  const bytes = openBytes(path);
  try {
    const dimensions = await readHeader(path, bytes);
    if (dimensions.length !== 1) {
      throw new AppError(
        'invalid-input',
        `${path} holds items with ${dimensions.length} dimensions, not one label each.`,
      );
    }
    if (dimensions[0] !== itemCount) {
      throw new AppError('invalid-input', `${path} holds ${dimensions[0]} labels for ${itemCount} items.`);
    }
    const labels = await bytes.take(itemCount);
    if (labels.length < itemCount) throw endsEarly(path, labels.length, itemCount, 'labels');
    return labels;
  } finally {
    await bytes.close();
  }
}

async function* readItems(
  path: string,
  sizes: { itemCount: number; itemBytes: number; batchSize: number },
  openBytes: OpenBytes,
): AsyncGenerator<Uint8Array> {
  const { itemCount, itemBytes, batchSize } = sizes;
  const bytes = openBytes(path);
  try {
    await readHeader(path, bytes);
    for (let done = 0; done < itemCount; done += batchSize) {
      const wanted = Math.min(batchSize, itemCount - done);
      const items = await bytes.take(wanted * itemBytes);
      if (items.length < wanted * itemBytes) {
        throw endsEarly(path, done + Math.floor(items.length / itemBytes), itemCount, 'items');
      }
      yield items;
    }
    // Reading to the end also checks a gzip file's checksum.
    if ((await bytes.take(1)).length > 0) {
      throw new AppError('invalid-input', `${path} holds more than the ${itemCount} items that its header names.`);
    }
  } finally {
    await bytes.close();
  }
}

async function readHeader(path: string, bytes: ByteStream): Promise<number[]> {
  const magic = await bytes.take(4);
  const rank = magic[3] ?? 0;
  if (magic.length < 4 || magic[0] !== 0 || magic[1] !== 0 || rank < 1 || rank > LARGEST_RANK) {
    throw new AppError('invalid-input', `${path} is not an IDX file.`);
  }
  if (magic[2] !== UNSIGNED_BYTE) {
    throw new AppError(
      'invalid-input',
      `${path} is an IDX file of another element type; only unsigned bytes can be read.`,
    );
  }
  const header = await bytes.take(4 * rank);
  if (header.length < 4 * rank) throw new AppError('invalid-input', `${path} ends inside its IDX header.`);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  return Array.from({ length: rank }, (_, index) => view.getUint32(4 * index));
}

function endsEarly(path: string, count: number, itemCount: number, what: string): AppError {
  return new AppError('invalid-input', `${path} ends after ${count} of ${itemCount} ${what}: the file is cut off.`);
}
