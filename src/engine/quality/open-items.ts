import type { InputSource } from '#shared/engine-protocol.ts';
import { readFileChunks } from '../datasets/read-file-chunks.ts';
import { collectGarbage } from '../runtime/collect-garbage.ts';
import { type Items, openItemsWith } from './open-items-with.ts';

export type { Items };

/** Of the values of a chunk: smaller ones may wait for the garbage collector. */
const LARGE_CHUNK_BYTES = 2 ** 20;

/** The items of generated inputs, or of a dataset in files of this machine. Errors: those of `openItemsWith`. */
export async function openItems(source: InputSource): Promise<Items> {
  const items = await openItemsWith(readFileChunks, source);
  return {
    ...items,
    async *read(chunkSize) {
      for await (const chunk of items.read(chunkSize)) {
        yield chunk;
        if (chunk.kind === 'items' && chunk.values.byteLength >= LARGE_CHUNK_BYTES) collectGarbage({ isOfYoung: true });
      }
    },
  };
}
