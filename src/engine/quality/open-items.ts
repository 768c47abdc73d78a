import type { InputSource } from '#shared/engine-protocol.ts';
import { readFileChunks } from '../datasets/read-file-chunks.ts';
import { type Items, openItemsWith } from './open-items-with.ts';

export type { Items };

/** The items of generated inputs, or of a dataset in files of this machine. Errors: those of `openItemsWith`. */
export function openItems(source: InputSource): Promise<Items> {
  return openItemsWith(readFileChunks, source);
}
