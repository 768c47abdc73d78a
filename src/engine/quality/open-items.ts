import type { InputSource } from '#shared/engine-protocol.ts';
import { readFileChunks } from '../datasets/read-file-chunks.ts';
import { collectGarbage } from '../runtime/collect-garbage.ts';
import { type Items, openItemsWith } from './open-items-with.ts';

export type { Items };

/** Of the values of chunks: less may wait for the garbage collector. */
const MOST_WAITING_BYTES = 4 * 2 ** 20;

/** The items of generated inputs, or of a dataset in files of this machine. Errors: those of `openItemsWith`. */
export async function openItems(source: InputSource): Promise<Items> {
  const items = await openItemsWith(readFileChunks, source);
  const itemBytes = Float32Array.BYTES_PER_ELEMENT * (items.itemShape ?? []).reduce((total, size) => total * size, 1);
  return {
    ...items,
    async *read(chunkSize) {
      let waitingBytes = 0;
      for await (const chunk of items.read(chunkSize)) {
        yield chunk;
        // Not by its values: to look at them would prepare those that were passed over.
        if (chunk.kind === 'items') waitingBytes += chunk.count * itemBytes;
        if (waitingBytes < MOST_WAITING_BYTES) continue;
        collectGarbage('young');
        waitingBytes = 0;
      }
    },
  };
}
