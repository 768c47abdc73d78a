/** Messages between the Electron shell and the workbench process that it forks. Both are the same build: types, not schemas. */
import type { Environment } from './experiment.ts';

export type ShellMessage =
  | {
      kind: 'start';
      homePath: string;
      enginePath: string;
      samplesPath: string | null;
      versions: Environment;
    }
  /** Carries one port: a page at its other end. */
  | { kind: 'connect' }
  | { kind: 'printed'; id: number; error: string | null }
  /** The workbench stops its jobs, closes the store and exits. */
  | { kind: 'close' };

export type WorkbenchMessage =
  | { kind: 'ready' }
  /** The workbench cannot start, for example because the database is newer. A sentence. */
  | { kind: 'refused'; message: string }
  | { kind: 'print'; id: number; htmlPath: string; pdfPath: string };
