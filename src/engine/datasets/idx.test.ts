import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DatasetSource } from '#shared/dataset.ts';
import { openDatasetWith } from './open-dataset-with.ts';
import { readFileChunks } from './read-file-chunks.ts';

const openDataset = openDatasetWith.bind(null, readFileChunks);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-idx-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function idx(dimensions: number[], values: number[], type = 0x08): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.set([0, 0, type, dimensions.length]);
  for (const [index, size] of dimensions.entries()) header.writeUInt32BE(size, 4 + 4 * index);
  return Buffer.concat([header, Buffer.from(values)]);
}

function write(name: string, content: Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const source = (inputsPath: string, labelsPath: string | null = null): DatasetSource => ({
  id: 'test',
  format: 'idx',
  inputsPath,
  labelsPath,
  classNames: [],
  preparation: { scale: 2, mean: 1, standardDeviation: 0.5 },
});

async function readAll(from: DatasetSource, batchSize: number, limit: number | null = null) {
  const dataset = await openDataset(from, limit);
  const batches: { firstIndex: number; count: number; values: number[]; labels: number[] | null }[] = [];
  for await (const { firstIndex, count, values, labels } of dataset.readBatches(batchSize)) {
    batches.push({ firstIndex, count, values: [...values], labels: labels === null ? null : [...labels] });
  }
  return { dataset, batches };
}

/** Three items of 1 x 2, and their labels. */
const threeItems = idx([3, 1, 2], [0, 1, 2, 3, 4, 5]);
const threeLabels = idx([3], [7, 8, 9]);
const prepared = (value: number): number => (value / 2 - 1) / 0.5;

describe('an IDX dataset', () => {
  test.each([
    ['plain', 'a-idx3-ubyte', 'l-idx1-ubyte', (bytes: Buffer) => bytes],
    ['gzipped', 'a-idx3-ubyte.gz', 'l-idx1-ubyte.gz', (bytes: Buffer) => gzipSync(bytes)],
  ])('is read in batches, prepared, with labels: %s', async (_, inputsName, labelsName, pack) => {
    const from = source(write(inputsName, pack(threeItems)), write(labelsName, pack(threeLabels)));
    const { dataset, batches } = await readAll(from, 2);
    expect(dataset).toMatchObject({ itemCount: 3, itemShape: [1, 1, 2], hasLabels: true });
    expect(batches).toEqual([
      { firstIndex: 0, count: 2, values: [0, 1, 2, 3].map(prepared), labels: [7, 8] },
      { firstIndex: 2, count: 1, values: [4, 5].map(prepared), labels: [9] },
    ]);
  });

  test('ends at the limit, within a batch too', async () => {
    const { dataset, batches } = await readAll(source(write('limit', threeItems)), 2, 1);
    expect(dataset.itemCount).toBe(1);
    expect(batches).toEqual([{ firstIndex: 0, count: 1, values: [0, 1].map(prepared), labels: null }]);
  });

  test('keeps the shape of items that are no images of one channel', async () => {
    const { dataset } = await readAll(source(write('rgb', idx([1, 3, 1, 1], [1, 2, 3]))), 1);
    expect(dataset.itemShape).toEqual([3, 1, 1]);
  });

  test('can be read twice', async () => {
    const dataset = await openDataset(source(write('twice', threeItems)), null);
    for (let pass = 0; pass < 2; pass += 1) {
      let count = 0;
      for await (const batch of dataset.readBatches(1)) count += batch.count;
      expect(count).toBe(3);
    }
  });
});

describe('refused with a sentence that names the file', () => {
  const whole = gzipSync(threeItems);
  test.each<[string, string, Buffer, string]>([
    ['text', 'text', Buffer.from('hello, world'), 'text is not an IDX file.'],
    ['an empty file', 'empty', Buffer.alloc(0), 'empty is not an IDX file.'],
    ['floats', 'floats', idx([1, 1, 1], [0, 0, 0, 0], 0x0d), 'only unsigned bytes can be read'],
    ['a header that is cut off', 'header', threeItems.subarray(0, 9), 'ends inside its IDX header.'],
    ['items that are cut off', 'cut', threeItems.subarray(0, 19), 'cut ends after 1 of 3 items'],
    ['a header that promises too much', 'huge', idx([4_000_000_000, 9, 9], []), 'ends after 0 of 4000000000 items'],
    ['more than the header says', 'more', Buffer.concat([threeItems, Buffer.of(1)]), 'holds more than the 3 items'],
    ['broken gzip', 'broken.gz', whole.subarray(0, whole.length - 6), 'broken.gz is not a whole gzip file'],
    ['gzip that is none', 'none.gz', threeItems, 'none.gz is not a whole gzip file'],
    ['single values', 'single', threeLabels, 'holds single values, not items'],
    ['no items', 'no-items', idx([0, 1, 2], []), 'The dataset test has no items.'],
  ])('%s', async (_, name, content, message) => {
    await expect(readAll(source(write(name, content)), 2)).rejects.toThrow(message);
  });

  test('a file that is not there', async () => {
    await expect(readAll(source(join(folder, 'missing')), 1)).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringContaining('missing does not exist.'),
    });
  });

  test.each([
    ['too few labels', idx([2], [1, 2]), 'holds 2 labels for 3 items.'],
    ['labels that are cut off', threeLabels.subarray(0, 10), 'ends after 2 of 3 labels'],
    ['images for labels', threeItems, 'holds items with 3 dimensions, not one label each.'],
  ])('%s', async (name, labels, message) => {
    await expect(readAll(source(write('items', threeItems), write(name, labels)), 1)).rejects.toThrow(message);
  });

  test('an unknown format', async () => {
    await expect(openDataset({ ...source('x'), format: 'parquet' }, null)).rejects.toThrow(
      'The dataset format “parquet” is unknown; there is: idx.',
    );
  });
});
