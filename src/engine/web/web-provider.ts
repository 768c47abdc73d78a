/** What the engine in a browser has to know of one execution provider of onnxruntime-web. */
import type { ProviderOptions } from '#shared/provider-options.ts';
import type * as OnnxRuntimeWeb from 'onnxruntime-web';
import type { SessionOptions } from '../runtime/onnxruntime-types.ts';
import type { WebProviderAbout } from './provider-options.ts';

export type WebProvider = Pick<WebProviderAbout, 'id' | 'title' | 'options'> & {
  /** The bundle of onnxruntime-web that a page with this provider would load. */
  bundle: string;
  /** @param options checked, and with every default filled in */
  executionProviders: (options: ProviderOptions) => NonNullable<SessionOptions['executionProviders']>;
  /** Options that belong to the whole runtime, set before the first session. */
  prepare?: (ort: typeof OnnxRuntimeWeb, options: ProviderOptions) => void;
  /** Whether ONNX Runtime's own sessions run it, with their options; WebGL has an older runtime of its own, written in JavaScript. */
  isNative: boolean;
  /** Looks whether this browser has what the provider needs. */
  examine: () => Promise<Examination>;
};

/** `obstacle`: why it cannot work, a sentence. `software`: what computes where no GPU does, or null. */
export type Examination = { obstacle: string } | { obstacle: null; software: string | null };
