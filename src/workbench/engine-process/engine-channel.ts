/** The line to an engine, whatever it runs in: a child process, or a page of a browser. */
import type { AppError } from '#shared/app-error.ts';
import type { EngineReply, EngineRequest } from '#shared/engine-protocol.ts';

export type EngineChannel = {
  /** How it begins a sentence: “The engine process”. */
  readonly name: string;
  readonly pid: number | undefined;
  /** A failed send is followed by the end, which settles the request. */
  send: (request: EngineRequest) => void;
  onReply: (listener: (reply: EngineReply) => void) => void;
  /** Ends the engine at once; `gone` tells when. */
  kill: () => void;
  /** Settles when nothing of the engine is left, with words for whoever waits for `activity`. */
  gone: Promise<(activity: string) => AppError>;
};
