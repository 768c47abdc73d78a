/** Messages between the Electron shell and the workbench process that it forks. Both are the same build: types, not schemas. */
import type { Environment } from './experiment.ts';

/** Why a page that measures ended before it was closed; a part of a sentence. */
export type PageEnd = { reason: string; isOutOfMemory: boolean };

export type ShellMessage =
  | {
      kind: 'start';
      homePath: string;
      enginePath: string;
      samplesPath: string | null;
      /** The built page, and the files of onnxruntime-web. */
      rendererPath: string;
      webRuntimePath: string | null;
      versions: Environment;
    }
  /** Carries one port: a page at its other end. */
  | { kind: 'connect' }
  | { kind: 'printed'; id: number; error: string | null }
  /** A page that measures is loaded, in this process. */
  | { kind: 'pageOpened'; id: number; processId: number | null }
  /** It is gone; `end` is null when it was closed. */
  | { kind: 'pageEnded'; id: number; end: PageEnd | null }
  /** The workbench stops its jobs, closes the store and exits. */
  | { kind: 'close' };

export type WorkbenchMessage =
  | { kind: 'ready' }
  /** The workbench cannot start, for example because the database is newer. A sentence. */
  | { kind: 'refused'; message: string }
  | { kind: 'print'; id: number; htmlPath: string; pdfPath: string }
  /** A page that measures, in a window that nobody sees. */
  | { kind: 'openPage'; id: number; url: string }
  | { kind: 'closePage'; id: number };
