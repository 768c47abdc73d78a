import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatasetCatalog } from '../library/datasets.ts';
import { hashPlanInputs, inputsOfFile } from './plan-inputs.ts';

const datasets = createDatasetCatalog(null);
let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'whittle-inputs-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** With a hole for most of it, which takes no room. */
function writeSparse(name: string, start: string, sizeBytes: number): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.from(start, 'latin1'));
  truncateSync(path, sizeBytes);
  return path;
}

test('an array beyond 2 GiB is refused before it is read', async () => {
  const path = writeSparse('large.npy', '\u{93}NUMPY\u{1}\0', 12 * 2 ** 30);
  await expect(hashPlanInputs({ kind: 'file', path }, datasets)).rejects.toMatchObject({
    kind: 'unsupported',
    message: expect.stringMatching(/large\.npy takes 12\.0 GiB; Whittle takes 2\.00 GiB at most/),
  });
});

test('hashing a large archive stops when it is cancelled', async () => {
  const path = writeSparse('large.npz', 'PK', 64 * 2 ** 30);
  const controller = new AbortController();
  const hashing = hashPlanInputs({ kind: 'file', path }, datasets, controller.signal);
  setImmediate(() => controller.abort());
  await expect(hashing).rejects.toMatchObject({ kind: 'cancelled' });
});

test('a file that is not there, and one whose content is another now', async () => {
  await expect(hashPlanInputs({ kind: 'file', path: join(folder, 'no.npy') }, datasets)).rejects.toMatchObject({
    kind: 'not-found',
  });
  const path = writeSparse('small.npy', '\u{93}NUMPY', 100);
  const hashed = await hashPlanInputs({ kind: 'file', path }, datasets);
  expect(await hashPlanInputs(hashed, datasets)).toEqual(hashed);
  writeSparse('small.npy', '\u{93}NUMPY', 101);
  await expect(hashPlanInputs(hashed, datasets)).rejects.toMatchObject({ kind: 'conflict' });
});

test('the rows of a file are other data with the classes of another array, which has to be named to read them', async () => {
  const path = join(folder, 'rows.npz');
  writeFileSync(path, 'PK');
  const about = { limit: null, signal: new AbortController().signal };
  const ids = await Promise.all(
    [null, 'y', 'z'].map(async (labels) => (await inputsOfFile(path, { ...about, labels })).datasetId),
  );
  const [alone = ''] = ids;
  expect(alone).toMatch(/^file:rows\.npz@[0-9a-f]{12}$/);
  expect(ids).toEqual([alone, `${alone}#y`, `${alone}#z`]);
});
