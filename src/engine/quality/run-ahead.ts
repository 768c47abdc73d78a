import type { ItemOutput } from './fidelity-meter.ts';
import { chunkSizeOf, type ItemChunk, type Items } from './open-items-with.ts';
import type { ItemRunner } from './run-items.ts';

/** Outputs of a reference that wait for those of the candidate. */
const MOST_KEPT_BYTES = 64 * 2 ** 20;

export type ReferenceOutputs = {
  /** By which the items were read, and have to be read again. */
  chunkSize: number;
  /** @param chunk of the items, in their order */
  next: (chunk: ItemChunk) => Promise<ItemOutput[][]>;
  close: () => Promise<void>;
};

/**
 * Runs a reference on all items and closes it, so that it is gone before the candidate is loaded. Where its outputs would take too much
 * room, it stays open for the rest, and both are in memory.
 * @param onItems how many items were run since the last call
 */
export async function runAhead(
  open: () => Promise<ItemRunner>,
  items: Items,
  onItems: (count: number) => void,
): Promise<ReferenceOutputs> {
  const runner = await open();
  const chunkSize = chunkSizeOf(items, runner.batchSize);
  const kept: ItemOutput[][][] = [];
  let keptBytes = 0;
  let isWhole = true;
  try {
    for await (const chunk of items.read(chunkSize)) {
      isWhole = keptBytes <= MOST_KEPT_BYTES;
      if (!isWhole) break;
      const outputs = await runner.run(chunk);
      for (const { values } of outputs.flat()) keptBytes += Float64Array.BYTES_PER_ELEMENT * values.length;
      kept.push(outputs);
      onItems(outputs.length);
    }
  } catch (error) {
    await runner.close();
    throw error;
  }
  if (isWhole) await runner.close();
  return {
    chunkSize,
    async next(chunk) {
      const known = kept.shift();
      if (known) return known;
      const outputs = await runner.run(chunk);
      onItems(outputs.length);
      return outputs;
    },
    close: () => (isWhole ? Promise.resolve() : runner.close()),
  };
}
