import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { InputSource } from '#shared/engine-protocol.ts';
import { openItems } from '../../quality/open-items.ts';
import type { Session } from '../../runtime/create-session.ts';
import { feedBatches } from './feed-batches.ts';

const inputsPath = join(
  import.meta.dirname,
  '../../../../resources/samples/fashion-mnist/train5k-images-idx3-ubyte.gz',
);
const dataset = (limit: number): InputSource => ({
  kind: 'dataset',
  limit,
  dataset: {
    id: 'fashion-mnist/train5k',
    format: 'idx',
    inputsPath,
    labelsPath: null,
    classNames: [],
    preparation: { scale: 255, mean: 0, standardDeviation: 1 },
  },
});

async function feed(
  batch: number | string,
  limit: number,
  wanted = 1,
  inBatches = true,
  isWanted?: (itemCount: number) => boolean,
) {
  const shape = [batch, 1, 28, 28];
  const session = { inputMetadata: [{ isTensor: true, name: 'x', type: 'float32', shape }] } as unknown as Session;
  const counts: number[] = [];
  const values: number[] = [];
  for await (const { feeds, itemCount } of feedBatches(
    session,
    { ...(await openItems(dataset(limit))), rows: null, inBatches, tables: new Map() },
    wanted,
    isWanted,
  )) {
    expect(feeds['x']?.dims).toEqual([itemCount, 1, 28, 28]);
    counts.push(itemCount);
    values.push(...(feeds['x']?.data as Float32Array));
  }
  return { counts, values };
}

test.each([
  { batch: 50, limit: 130, counts: [50, 50] },
  { batch: 100, limit: 256, counts: [100, 100] },
  { batch: 130, limit: 130, counts: [130] },
  { batch: 'batch', limit: 100, wanted: 40, counts: [40, 40, 20] },
])('items go on in the next batch where a chunk ends: $batch of $limit', async ({ batch, limit, wanted, counts }) => {
  const found = await feed(batch, limit, wanted);
  expect(found.counts).toEqual(counts);
  const single = await feed(1, limit);
  expect(found.values).toEqual(single.values.slice(0, found.values.length));
});

test('batches that are not wanted are passed over, and the others are as they would be', async () => {
  const sizes: number[] = [];
  const found = await feed('batch', 100, 40, true, (itemCount) => sizes.push(itemCount) !== 2);
  expect(sizes).toEqual([40, 40, 20]);
  expect(found.counts).toEqual([40, 20]);
  const { values } = await feed('batch', 100, 40);
  expect(found.values).toEqual([...values.slice(0, 40 * 784), ...values.slice(80 * 784)]);
});

test('what was fed is given back when the next batch is asked for', async () => {
  const session = {
    inputMetadata: [{ isTensor: true, name: 'x', type: 'float32', shape: ['batch', 1, 28, 28] }],
  } as unknown as Session;
  const items = { ...(await openItems(dataset(6))), rows: null, inBatches: true, tables: new Map() };
  const seen: Float32Array[] = [];
  for await (const { feeds } of feedBatches(session, items, 2, () => true)) {
    expect(seen.map(({ length }) => length)).toEqual(seen.map(() => 0));
    seen.push(feeds['x']?.data as Float32Array);
    expect(seen.at(-1)).toHaveLength(2 * 784);
  }
  expect(seen).toHaveLength(3);
});

test('a model that takes single items only, whatever its input says, is fed them', async () => {
  expect((await feed('batch', 3, 2, false)).counts).toEqual([1, 1, 1]);
});

test('a batch that the model fixes and the items do not fill is refused', async () => {
  await expect(feed(300, 256)).rejects.toThrow('takes 300 items at once, and fashion-mnist/train5k has 256 items');
});
