import { readdirSync, readFileSync } from 'node:fs';

/** The files in which a system tells its state. Passed in, so that tests can be machines. */
export type SystemFiles = {
  /** null when the file is not there or may not be read. */
  readText: (path: string) => string | null;
  /** Names in a folder; empty when it is not there. */
  listFolder: (path: string) => string[];
};

export const systemFiles: SystemFiles = {
  readText(path) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return null;
    }
  },
  listFolder(path) {
    try {
      return readdirSync(path);
    } catch {
      return [];
    }
  },
};
