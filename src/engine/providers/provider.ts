/** What the engine has to know of one execution provider of onnxruntime-node. One file each, and a line in `registry.ts`. */
import type { z } from 'zod';
import type { CaseSettings } from '#shared/case.ts';
import type { ProviderDescriptor, ProviderOptions } from '#shared/provider-options.ts';
import type { ProviderId } from '#shared/provider.ts';
import type { OnnxRuntime } from '../runtime/onnxruntime.ts';

export type NativeProviderId = Extract<ProviderId, `node:${string}`>;

type SessionOptions = OnnxRuntime.InferenceSession.SessionOptions;

/** What a provider's own error message is about. The first whose mark is found speaks. */
export type FailureRule = { mark: RegExp; explain: (detail: string) => string };

/** What a provider needs of ONNX Runtime for its options. */
export type ProviderSetup = {
  /**
   * The providers to register, first choice first, with their options. ONNX Runtime adds its CPU provider at the end by itself.
   */
  executionProviders: NonNullable<SessionOptions['executionProviders']>;
  /** Entries of the session's configuration. */
  sessionConfig?: Record<string, string>;
  /** Variables of the process, which the provider's libraries read when they are loaded. */
  environment?: Record<string, string>;
};

export type NativeProvider = Pick<ProviderDescriptor, 'platforms' | 'needs' | 'notOffered' | 'ignoredSettings'> & {
  id: NativeProviderId;
  /** As users know it. */
  title: string;
  /** By this name onnxruntime-node lists the provider among those that its build contains. */
  backend: string;
  /** Every option with a default, a range and a description; only what onnxruntime-node really passes on. */
  options: z.ZodObject;
  /** @param options checked, and with every default filled in */
  setUp: (options: ProviderOptions) => ProviderSetup;
  /** Session options that differ from what the settings say, because the provider cannot do otherwise. */
  overrides?: Pick<SessionOptions, 'enableMemPattern'>;
  /** Why the provider cannot run with such settings; a sentence, or null. */
  refuse?: (settings: CaseSettings) => string | null;
  /** The library that has to lie beside ONNX Runtime's own, by platform; absent where the provider is built in. */
  library?: Partial<Record<NodeJS.Platform, string>>;
  failures: readonly FailureRule[];
};

/** Lets `setUp` know the types of the options that it declares. */
export function defineProvider<Options extends z.ZodObject>(
  provider: Omit<NativeProvider, 'options' | 'setUp'> & {
    options: Options;
    setUp: (options: z.output<Options>) => ProviderSetup;
  },
): NativeProvider {
  return { ...provider, setUp: (options) => provider.setUp(options as z.output<Options>) };
}
