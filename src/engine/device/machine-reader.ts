/** The doors through which hardware facts come in: files, commands, and what Node knows itself. Passed in, so tests can be machines. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';

export type MachineReader = {
  platform: string;
  architecture: string;
  /** null when the file is not there or may not be read. */
  readText: (path: string) => string | null;
  /** Names in a folder; empty when it is not there. */
  listFolder: (path: string) => string[];
  /** Standard output; null when the command is missing, fails, or takes longer than `limitMs`. */
  run: (command: string, parameters: readonly string[], limitMs?: number) => Promise<string | null>;
  node: {
    cpuModel: string | null;
    logicalCores: number;
    /** Cores that this process may use, by affinity and quota, rounded down. */
    availableCores: number;
    memoryBytes: number;
    kernel: string;
    osVersion: string;
  };
};

const DEFAULT_LIMIT_MS = 3000;
const MAXIMUM_OUTPUT_BYTES = 8 * 2 ** 20;

export function createMachineReader(): MachineReader {
  return {
    platform: process.platform,
    architecture: process.arch,
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
    run: (command, parameters, limitMs = DEFAULT_LIMIT_MS) =>
      new Promise((resolve) => {
        const options = {
          timeout: limitMs,
          killSignal: 'SIGKILL',
          maxBuffer: MAXIMUM_OUTPUT_BYTES,
          windowsHide: true,
          // Numbers and names in one language.
          env: { ...process.env, LC_ALL: 'C' },
        } as const;
        execFile(command, [...parameters], options, (error, stdout) => resolve(error === null ? stdout : null));
      }),
    node: {
      cpuModel: os.cpus()[0]?.model.trim() || null,
      logicalCores: os.cpus().length || os.availableParallelism(),
      availableCores: os.availableParallelism(),
      memoryBytes: os.totalmem(),
      kernel: os.release(),
      osVersion: os.version(),
    },
  };
}
