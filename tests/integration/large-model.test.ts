/** A model with much external data goes through an engine process weight by weight: its memory does not hold the whole. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseProcStatus } from '../../src/shared/proc-status.ts';
import type { Recipe } from '../../src/shared/recipe.ts';
import type { EngineHost } from '../../src/workbench/engine-process/engine-host.ts';
import { writeLargeModel } from '../fakes/large-model.ts';
import { createRealHost, generated } from '../fakes/real-engine.ts';

let folder: string;
let path: string;
let sizeBytes: number;
let host: EngineHost;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-large-'));
  path = join(folder, 'large.onnx');
  ({ sizeBytes } = await writeLargeModel(path, { sizeBytes: 3e8, width: 1024 }));
  host = createRealHost();
});
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Running the model would take it into memory. */
const pass: Recipe['passes'][number] = { pass: 'float16', settings: { scan: false } };

/** Other systems tell no peak of another process. */
describe.skipIf(process.platform !== 'linux')('the memory of an engine process', () => {
  test('stays below half the model while its weights are converted and written', async () => {
    const engine = await host.start();
    const memory = () => parseProcStatus(readFileSync(`/proc/${engine.pid}/status`, 'utf8'));
    const before = memory().residentBytes as number;
    let written: number | null = null;
    const { inspection, fidelity } = await engine.request(
      'model.compress',
      {
        path,
        outputPath: join(folder, 'small.onnx'),
        recipe: { version: 1, name: 'test', passes: [pass] },
        parentSha256: '0'.repeat(64),
        originalSha256: '0'.repeat(64),
        whittleVersion: '0.0.0',
        inputs: generated,
      },
      {
        silenceLimitMs: 120_000,
        onProgress: ({ message }) => {
          if (message === 'Loading the result') written = memory().peakBytes;
        },
      },
    );
    await engine.kill();
    expect((written ?? Infinity) - before).toBeLessThan(sizeBytes / 2);
    expect(inspection.sizeBytes).toBeLessThan(sizeBytes * 0.51);
    expect(fidelity?.cosine).toBeGreaterThan(0.999);
  });
});
