import { constants, copyFile, open } from 'node:fs/promises';
import { throwIfCancelled } from '../unless-aborted.ts';

/** What is written between two looks at the signal; a second's work of a slow disk. */
const PIECE_BYTES = 16 * 2 ** 20;

/**
 * A copy-on-write clone where the file system can, which takes no room and no time; else the bytes, piece by piece, each on the disk
 * before the next: what is left to write when the signal aborts is then never more than one piece.
 * Errors: `cancelled`, with a part of the file left behind; those of the file system.
 */
export async function copyWholeFile(sourcePath: string, targetPath: string, signal?: AbortSignal): Promise<void> {
  throwIfCancelled(signal);
  try {
    await copyFile(sourcePath, targetPath, constants.COPYFILE_FICLONE_FORCE);
  } catch {
    // A source that cannot be read says so here too.
    await copyPieces(sourcePath, targetPath, signal);
  }
}

async function copyPieces(sourcePath: string, targetPath: string, signal: AbortSignal | undefined): Promise<void> {
  await using source = await open(sourcePath, 'r');
  await using target = await open(targetPath, 'w');
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  for (;;) {
    throwIfCancelled(signal);
    const { bytesRead } = await source.read(piece);
    if (bytesRead === 0) return;
    await target.writeFile(piece.subarray(0, bytesRead));
    await target.datasync();
  }
}
