import { defineConfig } from 'vitest/config';
import { LongestFirst } from './tests/longest-first.ts';

/** They wait as much as they compute: two of them keep two cores busy. What they assert of results is asserted under load, too. */
const FILES_AT_A_TIME = 2;

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
          environment: 'node',
          setupFiles: 'tests/same-values.ts',
          // Far from what any of them takes: a machine may be busy, and its disk busier.
          testTimeout: 240_000,
        },
      },
      {
        // Real SQLite, real engine processes, real ONNX Runtime on real models; needs `npm run build`.
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          globalSetup: 'tests/bundle-engines.ts',
          environment: 'node',
          testTimeout: 240_000,
          hookTimeout: 120_000,
          maxWorkers: FILES_AT_A_TIME,
        },
      },
      {
        // Real Electron and real Chromium; needs `npm run build` and a display.
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          environment: 'node',
          testTimeout: 240_000,
          hookTimeout: 120_000,
          maxWorkers: FILES_AT_A_TIME,
        },
      },
    ],
  },
});
