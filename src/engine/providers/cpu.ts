import { z } from 'zod';
import { defineProvider } from './provider.ts';

/** MLAS kernels on the CPU; the reference for every other provider. All that can be chosen are settings of the session. */
export const cpuProvider = defineProvider({
  id: 'node:cpu',
  title: 'CPU',
  platforms: ['linux', 'darwin', 'win32'],
  needs: 'Nothing.',
  backend: 'cpu',
  options: z.strictObject({}),
  setUp: () => ({ executionProviders: ['cpu'] }),
  notOffered: null,
  ignoredSettings: [],
  failures: [],
});
