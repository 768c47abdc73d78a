/** Real engine processes for tests, and what they are asked with. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { type CaseSettings, caseSettingsSchema } from '../../src/shared/case.ts';
import type { InputSource } from '../../src/shared/engine-protocol.ts';
import { createEngineHost, type EngineHost } from '../../src/workbench/engine-process/engine-host.ts';
import { realEnginePath, samplesPath } from './test-workbench.ts';

export const REQUEST_LIMIT = { silenceLimitMs: 60_000 };

export function createRealHost(env: Record<string, string> = {}): EngineHost {
  return createEngineHost({
    enginePath: realEnginePath,
    forkEngine: (path) =>
      fork(path, {
        execArgv: [],
        serialization: 'advanced',
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        env: { ...process.env, ...env },
      }),
  });
}

export const samplePath = (name: string): string => join(samplesPath, `${name}.onnx`);

export const settingsWith = (changes: Partial<CaseSettings> = {}): CaseSettings => ({
  ...caseSettingsSchema.parse({}),
  ...changes,
});

export const generated: InputSource = { kind: 'generated', seed: 1 };

/** The bundled test set; `labels: false` leaves out what its images show. */
export function fashionTestSet(options: { limit: number | null; labels?: boolean }): InputSource {
  const file = (name: string): string => join(samplesPath, 'fashion-mnist', name);
  return {
    kind: 'dataset',
    limit: options.limit,
    dataset: {
      id: 'fashion-mnist/test',
      format: 'idx',
      inputsPath: file('t10k-images-idx3-ubyte.gz'),
      labelsPath: options.labels === false ? null : file('t10k-labels-idx1-ubyte.gz'),
      classNames: [],
      preparation: { scale: 255, mean: 0.286, standardDeviation: 0.353 },
    },
  };
}
