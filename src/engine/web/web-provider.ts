/** What the engine in a browser has to know of one execution provider of onnxruntime-web. */
import type { WebProviderId } from '#shared/web-engine-protocol.ts';
import type { SessionOptions } from '../runtime/onnxruntime-types.ts';

export type WebProvider = {
  id: WebProviderId;
  /** As users know it. */
  title: string;
  /** The bundle of onnxruntime-web that a page with this provider would load. */
  bundle: string;
  executionProviders: NonNullable<SessionOptions['executionProviders']>;
  /** Whether ONNX Runtime's own sessions run it, with their options; WebGL has an older runtime of its own, written in JavaScript. */
  isNative: boolean;
  /** Looks whether this browser has what the provider needs. */
  examine: () => Promise<Examination>;
};

/** `obstacle`: why it cannot work, a sentence. `software`: what computes where no GPU does, or null. */
export type Examination = { obstacle: string } | { obstacle: null; software: string | null };
