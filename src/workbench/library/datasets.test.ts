import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { createDatasetCatalog } from './datasets.ts';

const samplesPath = join(import.meta.dirname, '../../../resources/samples');
const bundledPath = join(samplesPath, 'fashion-mnist');
const folder = mkdtempSync(join(tmpdir(), 'whittle-datasets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const catalog = createDatasetCatalog(samplesPath);
const byTest = { split: 'test', tiedFamily: null } as const;

describe('datasets', () => {
  test('the bundled ones are read from their files', async () => {
    expect(await catalog.list()).toMatchObject([
      { id: 'fashion-mnist/test', itemCount: 10_000, itemShape: [1, 28, 28], hasLabels: true },
      { id: 'fashion-mnist/train', itemCount: 5000, itemShape: [1, 28, 28], hasLabels: true },
    ]);
  });

  test('without samples there is none', async () => {
    const empty = createDatasetCatalog(null);
    expect(await empty.list()).toEqual([]);
    await expect(empty.resolve('fashion-mnist/test', byTest)).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('a family stands for its split of the purpose, an id for itself', async () => {
    const { dataset: calibration } = await catalog.resolve('fashion-mnist', { split: 'train', tiedFamily: null });
    expect(calibration.id).toBe('fashion-mnist/train');
    const { dataset: named } = await catalog.resolve('fashion-mnist/test', { split: 'train', tiedFamily: null });
    expect(named.id).toBe('fashion-mnist/test');
  });

  test('a folder of IDX files is a dataset by its path; a tie says how items of that shape are prepared', async () => {
    for (const name of ['images-idx3', 'labels-idx1']) {
      const packed = readFileSync(join(bundledPath, `t10k-${name}-ubyte.gz`));
      writeFileSync(join(folder, `own-${name}-ubyte`), gunzipSync(packed));
    }
    const untied = await catalog.resolve(folder, byTest);
    expect(untied.dataset).toMatchObject({ id: folder, itemCount: 10_000, hasLabels: true, classNames: [] });
    expect(untied.source.preparation).toEqual({ scale: 255, mean: 0, standardDeviation: 1 });
    const tied = await catalog.resolve(folder, { split: 'test', tiedFamily: 'fashion-mnist' });
    expect(tied.source.preparation).toEqual({ scale: 255, mean: 0.286, standardDeviation: 0.353 });
    expect(tied.dataset.classNames).toHaveLength(10);
  });

  test('labels belong to the images of the same name', async () => {
    const mixed = mkdtempSync(join(folder, 'mixed-'));
    copyFileSync(join(bundledPath, 'train5k-images-idx3-ubyte.gz'), join(mixed, 'train5k-images-idx3-ubyte.gz'));
    copyFileSync(join(bundledPath, 't10k-labels-idx1-ubyte.gz'), join(mixed, 't10k-labels-idx1-ubyte.gz'));
    expect((await catalog.resolve(mixed, byTest)).dataset).toMatchObject({ itemCount: 5000, hasLabels: false });
  });

  test.each([
    ['an unknown name', 'mnist', 'not-found', /neither known .* nor a folder/],
    ['a folder without images', import.meta.dirname, 'invalid-input', /holds no IDX images/],
  ])('%s is refused with a sentence', async (_, id, kind, message) => {
    const error = await catalog.resolve(id, byTest).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind, message: expect.stringMatching(message) });
  });

  test.each([
    ['text', Buffer.from('hello, I am no images')],
    ['a header that ends early', Buffer.from([0, 0, 8, 3, 0, 0])],
    ['floats', Buffer.from([0, 0, 0x0d, 1, 0, 0, 0, 1])],
    ['nothing', Buffer.alloc(0)],
  ])('an images file of %s is refused', async (name, bytes) => {
    const broken = mkdtempSync(join(folder, 'broken-'));
    writeFileSync(join(broken, `${name.replaceAll(' ', '-')}-images-idx3-ubyte`), bytes);
    await expect(catalog.resolve(broken, byTest)).rejects.toMatchObject({ kind: 'invalid-input' });
  });

  test('a damaged gzip file is refused', async () => {
    const broken = mkdtempSync(join(folder, 'gzip-'));
    writeFileSync(join(broken, 'x-images-idx3-ubyte.gz'), 'not gzip at all');
    await expect(catalog.resolve(broken, byTest)).rejects.toMatchObject({ kind: 'invalid-input' });
  });
});
