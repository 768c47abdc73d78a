import { describe, expect, test } from 'vitest';
import { releaseBuffers } from '../runtime/release-buffers.ts';
import type { ItemOutput } from './fidelity-meter.ts';
import type { ItemChunk, Items } from './open-items-with.ts';
import { openOutputFile } from './open-output-file.ts';
import { type OutputStore, type ReferenceOutputs, runAhead } from './run-ahead.ts';
import type { ItemRunner } from './run-items.ts';

const COUNT = 10;
/** 16 MiB for an item: the second is the first beyond what is kept beside a store, the fifth beyond what is kept without. */
const LARGE = 2 ** 22;

function fakeItems(): Items {
  return {
    id: 'fake',
    itemCount: COUNT,
    itemShape: null,
    hasLabels: false,
    async *read() {
      for (let seed = 0; seed < COUNT; seed += 1) yield { kind: 'generated', count: 1, seed, labels: null };
    },
  };
}

const outputOf = (seed: number, valueCount: number): ItemOutput[] => [
  { name: 'y', values: new Float32Array(valueCount).fill(seed) },
];

/** Fails at an item, and gives each in a batch of its own. */
function fakeRunner(valueCount: number, failsAt = Infinity) {
  const log: string[] = [];
  const runner: ItemRunner = {
    outputs: [],
    batchSize: 1,
    async *run(chunk) {
      const seed = chunk.kind === 'generated' ? chunk.seed : -1;
      if (seed === failsAt) throw new Error('It does not run.');
      log.push(`run ${seed}`);
      yield [outputOf(seed, valueCount)];
    },
    release: (batch) => releaseBuffers(...batch.flat().map(({ values }) => values)),
    close: async () => void log.push('close'),
  };
  return { log, open: () => Promise.resolve(runner) };
}

function fakeStore(log: string[]): OutputStore {
  const items: ItemOutput[][] = [];
  return {
    async put(item) {
      log.push('put');
      items.push(item.map(({ name, values }) => ({ name, values: values.slice() })));
    },
    take: async () => items.shift() ?? [],
    close: async () => void log.push('close the store'),
  };
}

async function takeAll(outputs: ReferenceOutputs): Promise<number[]> {
  const seen: number[] = [];
  for await (const chunk of fakeItems().read()) {
    const [item] = await outputs.take(1, chunk);
    seen.push(item?.[0]?.values[0] as number);
  }
  await outputs.close();
  return seen;
}

const inOrder = Array.from({ length: COUNT }, (_, index) => index);

describe('a reference that runs ahead', () => {
  test.each([
    { name: 'is closed before anything else is opened where its outputs are small', valueCount: 10, ahead: COUNT },
    { name: 'stays open for the rest where they are large and there is no store', valueCount: LARGE, ahead: 5 },
  ])('$name', async ({ valueCount, ahead }) => {
    const { log, open } = fakeRunner(valueCount);
    let told = 0;
    const about = { items: fakeItems(), onItems: (count: number) => void (told += count) };
    const outputs = await runAhead(open, { ...about, openStore: null });
    expect(log.filter((line) => line !== 'close')).toHaveLength(ahead);
    expect(log.includes('close')).toBe(ahead === COUNT);
    expect(await takeAll(outputs)).toEqual(inOrder);
    expect(told).toBe(COUNT);
    expect(log.filter((line) => line.startsWith('run'))).toHaveLength(COUNT);
    expect(log.filter((line) => line === 'close')).toHaveLength(1);
  });

  test('puts large outputs into a store, which is told what is still to come, and is closed too', async () => {
    const { log, open } = fakeRunner(LARGE);
    let askedBytes = 0;
    const openStore = async (byteLength: number) => {
      askedBytes = byteLength;
      return fakeStore(log);
    };
    const outputs = await runAhead(open, { items: fakeItems(), openStore, onItems: () => {} });
    expect(askedBytes).toBe(8 * 4 * LARGE);
    expect(log.filter((line) => line === 'put')).toHaveLength(8);
    expect(log.at(-1)).toBe('close');
    expect(await takeAll(outputs)).toEqual(inOrder);
    expect(log.filter((line) => line.startsWith('close'))).toEqual(['close', 'close the store']);
  });

  test('gives as many items at a time as are asked for, from memory and store alike', async () => {
    const { log, open } = fakeRunner(LARGE);
    const outputs = await runAhead(open, {
      items: fakeItems(),
      openStore: async () => fakeStore(log),
      onItems: () => {},
    });
    const chunk = { kind: 'generated', count: 1, seed: 0, labels: null } satisfies ItemChunk;
    const taken = [...(await outputs.take(4, chunk)), ...(await outputs.take(6, chunk))];
    expect(taken.map(([output]) => output?.values[0])).toEqual(inOrder);
    await outputs.close();
  });

  test('may give batches whose items are views of one buffer', async () => {
    const items = fakeItems();
    const runner: ItemRunner = {
      outputs: [],
      batchSize: 2,
      async *run(chunk) {
        const both = new Float32Array(2 * LARGE).fill(chunk.kind === 'generated' ? chunk.seed : -1);
        yield [both.subarray(0, LARGE), both.subarray(LARGE)].map((values) => [{ name: 'y', values }]);
      },
      release: (batch) => releaseBuffers(...batch.flat().map(({ values }) => values)),
      close: async () => {},
    };
    const openStore = async () => fakeStore([]);
    const outputs = await runAhead(() => Promise.resolve(runner), { items, openStore, onItems: () => {} });
    const seen: number[] = [];
    for await (const chunk of items.read()) {
      for (const [output] of await outputs.take(2, chunk)) seen.push(output?.values[0] as number);
    }
    expect(seen).toEqual(inOrder.flatMap((seed) => [seed, seed]));
  });

  test('that does not run is closed', async () => {
    const { log, open } = fakeRunner(1, 3);
    const about = { items: fakeItems(), openStore: null, onItems: () => {} };
    await expect(runAhead(open, about)).rejects.toThrow('It does not run.');
    expect(log.at(-1)).toBe('close');
  });
});

test('a file of outputs gives what was put there in order, with its types', async () => {
  const store = (await openOutputFile(100)) as OutputStore;
  const items: ItemOutput[][] = [
    [
      { name: 'a', values: Float32Array.of(1.5, -2) },
      { name: 'b', values: Float64Array.of(2 ** 53, 0.1) },
    ],
    [
      { name: 'a', values: new Float32Array(0) },
      // A view that does not begin with its buffer.
      { name: 'b', values: Int8Array.of(7, -1, 3).subarray(1) },
    ],
  ];
  for (const item of items) await store.put(item);
  const [first, second] = [await store.take(), await store.take()];
  await store.close();
  expect(first).toEqual(items[0]);
  expect(second).toEqual(items[1]?.map(({ name, values }) => ({ name, values: values.slice() })));
});

test('there is no file for more than the disk has room for', async () => {
  expect(await openOutputFile(2 ** 60)).toBeNull();
});
