/**
 * Messages between the workbench and a page that runs ONNX Runtime Web. They are those of `engine-protocol.ts` where a browser
 * can do the same; files come as addresses of the workbench's own loopback server, and go there as streams. One request at a time,
 * as `binary-message.ts` over a WebSocket. What a browser cannot know (the memory of its process) the workbench adds.
 */
import type { CaseSettings } from './case.ts';
import type { EngineMethods, InputSource } from './engine-protocol.ts';
import type { ModelInspection } from './model.ts';
import type { ProviderId } from './provider.ts';
import type { RunWarning } from './run.ts';
import type { InputFact } from './run-record.ts';

export type WebProviderId = Extract<ProviderId, `web:${string}`>;

export function isWebProvider(id: ProviderId): id is WebProviderId {
  return id.startsWith('web:');
}

export type WebModel = {
  fileName: string;
  url: string;
  /** Files with weights beside it: as the model names them, and where they are. */
  externalData: { path: string; url: string }[];
  inspection: ModelInspection;
};

export type WebEngineMethods = {
  /**
   * Loads ONNX Runtime Web as the provider needs it and runs a tiny model there, with fallback to the CPU forbidden, so that
   * all that is made only once exists. Once per page. Errors: `unsupported` where the browser has no such thing, `provider-failed`.
   */
  'runtime.start': {
    params: { provider: WebProviderId; settings: CaseSettings };
    result: { startMs: number; warnings: RunWarning[] };
  };
  'session.load': {
    params: { model: WebModel; inputs: InputSource };
    result: { loadMs: number; warnings: RunWarning[]; inputs: InputFact[] };
  };
  'session.firstRun': EngineMethods['session.firstRun'];
  'session.parity': EngineMethods['session.parity'];
  'session.repeat': EngineMethods['session.repeat'];
  'session.warmUp': EngineMethods['session.warmUp'];
  'session.measure': EngineMethods['session.measure'];
  'session.profile': EngineMethods['session.profile'];
  /** Paths of the dataset are addresses here. */
  'quality.evaluate': {
    params: { model: WebModel; reference: WebModel | null; inputs: InputSource };
    result: EngineMethods['quality.evaluate']['result'];
  };
};

export type WebEngineMethod = keyof WebEngineMethods;
export type WebEngineParams<M extends WebEngineMethod> = WebEngineMethods[M]['params'];
export type WebEngineResult<M extends WebEngineMethod> = WebEngineMethods[M]['result'];

/** Addresses of the page's server. The token that the page was opened with is in the path, so that it reaches every part of it. */
export const webEngineRoutes = {
  /** The WebSocket. */
  channel: 'channel',
  /** A POST with words: the page cannot go on. */
  failure: 'failure',
} as const;
