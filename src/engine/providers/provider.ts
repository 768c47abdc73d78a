/** What the engine has to know of one execution provider of onnxruntime-node. One file each, and a line in `registry.ts`. */
import type { CaseSettings } from '#shared/case.ts';
import type { ProviderId } from '#shared/provider.ts';
import type { OnnxRuntime } from '../runtime/onnxruntime.ts';

export type NativeProviderId = Extract<ProviderId, `node:${string}`>;

type SessionOptions = OnnxRuntime.InferenceSession.SessionOptions;

/** What a provider's own error message is about. The first whose mark is found speaks. */
export type FailureRule = { mark: RegExp; explain: (detail: string) => string };

export type NativeProvider = {
  id: NativeProviderId;
  /** As users know it. */
  title: string;
  /** By this name onnxruntime-node lists the provider among those that its build contains. */
  backend: string;
  /**
   * The providers to register, first choice first, with their options. ONNX Runtime adds its CPU provider at the end by itself.
   */
  executionProviders: NonNullable<SessionOptions['executionProviders']>;
  /** Session options that differ from what the settings say, because the provider cannot do otherwise. */
  overrides?: Pick<SessionOptions, 'enableMemPattern'>;
  /** Why the provider cannot run with such settings; a sentence, or null. */
  refuse?: (settings: CaseSettings) => string | null;
  /** The library that has to lie beside ONNX Runtime's own, by platform; absent where the provider is built in. */
  library?: Partial<Record<NodeJS.Platform, string>>;
  failures: readonly FailureRule[];
};
