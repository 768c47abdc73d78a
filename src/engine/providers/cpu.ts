import type { NativeProvider } from './provider.ts';

/** MLAS kernels on the CPU; the reference for every other provider. The arena follows the session's setting. */
export const cpuProvider: NativeProvider = {
  id: 'node:cpu',
  title: 'CPU',
  backend: 'cpu',
  executionProviders: ['cpu'],
  failures: [],
};
