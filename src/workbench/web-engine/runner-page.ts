/** A page of a browser that measures one case, in a process of its own. Whoever has a browser opens it: the shell, or a browser that is installed. */

import type { PageEnd } from '#shared/shell-protocol.ts';

export type { PageEnd };

export type RunnerPage = {
  /** The process that the page runs in, for its memory; null where it cannot be told. */
  findProcess: () => Promise<number | null>;
  /** Ends the page and its process at once. */
  close: () => void;
  /** Settles when the process is gone; null when `close` was what ended it. */
  closed: Promise<PageEnd | null>;
};

/** Errors: `unsupported` and `input-output`, when the browser cannot be started. */
export type OpenRunnerPage = (url: string) => Promise<RunnerPage>;

/** What measuring in a browser needs. */
export type WebRuntime = {
  /** The folder with the built programs of the page, `out/renderer`. */
  pagePath: string;
  /** The folder of onnxruntime-web's own files. */
  runtimePath: string;
  openPage: OpenRunnerPage;
  /** Name and version, or null. */
  nameBrowser: () => Promise<string | null>;
};

/** Or why there is none: a sentence, with the way out. */
export type WebRuntimeOrObstacle = WebRuntime | { obstacle: string };
