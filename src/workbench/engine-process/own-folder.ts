import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownerMark } from '../unfinished/owner-mark.ts';

export type OwnFolder = { environment: Record<string, string>; remove: () => void };

/**
 * A folder for the temporary files of one engine process: profiles, executed graphs, models made on the way. The process is often killed,
 * and cannot clean up then, so whoever started it does. Where none can be made, the engine is left with the system's, and says what it lacks.
 */
export function makeOwnFolder(): OwnFolder {
  let folder: string;
  try {
    folder = mkdtempSync(join(tmpdir(), ownerMark('engine')));
  } catch {
    return { environment: {}, remove: () => {} };
  }
  return {
    // What `os.tmpdir` of Node.js reads: the first on POSIX, the others on Windows.
    environment: { TMPDIR: folder, TEMP: folder, TMP: folder },
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}
