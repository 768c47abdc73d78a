import type { ItemOutput } from './fidelity-meter.ts';
import { chunkSizeOf, type ItemChunk, type Items } from './open-items-with.ts';
import type { ItemRunner } from './run-items.ts';

/** Outputs of a reference that wait in memory for those of the candidate: more than these go to a store. */
const UNSTORED_BYTES = 16 * 2 ** 20;
/** And at most so many where there is none. */
const MOST_KEPT_BYTES = 64 * 2 ** 20;

/** Where outputs of items are put one after the other, and taken in the same order. */
export type OutputStore = {
  put: (item: readonly ItemOutput[]) => Promise<void>;
  take: () => Promise<ItemOutput[]>;
  close: () => Promise<void>;
};

/** @param byteLength about what is going to be put there. @returns null where there is no room for it */
export type OpenOutputStore = (byteLength: number) => Promise<OutputStore | null>;

export type ReferenceOutputs = {
  /** By which the items were read, and have to be read again. */
  chunkSize: number;
  /** Of the next items. @param chunk that they are in */
  take: (itemCount: number, chunk: ItemChunk) => Promise<ItemOutput[][]>;
  close: () => Promise<void>;
};

/**
 * Runs a reference on all items and closes it, so that it is gone before the candidate is loaded. Outputs wait in memory, and beyond what may be
 * kept there in a store. Where there is none, the reference stays open for the rest, and both are in memory.
 * @param about.onItems how many items were run since the last call
 */
export async function runAhead(
  open: () => Promise<ItemRunner>,
  about: { items: Items; openStore: OpenOutputStore | null; onItems: (count: number) => void },
): Promise<ReferenceOutputs> {
  const { items, openStore, onItems } = about;
  const runner = await open();
  const chunkSize = chunkSizeOf(items, runner.batchSize);
  const kept: ItemOutput[][] = [];
  let keptBytes = 0;
  /** Null: there is none. Undefined: not asked for yet. */
  let store: OutputStore | null | undefined;
  let storedCount = 0;
  let isWhole = true;
  const keep = async (item: ItemOutput[]): Promise<void> => {
    if (store) {
      await store.put(item);
      storedCount += 1;
      return;
    }
    kept.push(item);
    keptBytes += bytesOf(item);
    if (keptBytes <= UNSTORED_BYTES || store === null) return;
    const restCount = Math.max(0, items.itemCount - kept.length);
    store = openStore && (await openStore((restCount * keptBytes) / kept.length));
  };
  try {
    for await (const chunk of items.read(chunkSize)) {
      isWhole = store !== null || keptBytes <= MOST_KEPT_BYTES;
      if (!isWhole) break;
      for await (const batch of runner.run(chunk)) {
        const areStored = Boolean(store);
        for (const item of batch) await keep(item);
        if (areStored) runner.release(batch);
        onItems(batch.length);
      }
    }
  } catch (error) {
    await runner.close();
    await store?.close();
    throw error;
  }
  if (isWhole) await runner.close();
  return {
    chunkSize,
    async take(itemCount, chunk) {
      if (!isWhole && kept.length < itemCount) {
        for await (const batch of runner.run(chunk)) {
          kept.push(...batch);
          onItems(batch.length);
        }
      }
      const taken = kept.splice(0, itemCount);
      if (store) {
        const fromStore = Math.min(storedCount, itemCount - taken.length);
        storedCount -= fromStore;
        for (let count = 0; count < fromStore; count += 1) taken.push(await store.take());
      }
      return taken;
    },
    async close() {
      await store?.close();
      if (!isWhole) await runner.close();
    },
  };
}

function bytesOf(item: readonly ItemOutput[]): number {
  return item.reduce((sum, { values }) => sum + values.byteLength, 0);
}
