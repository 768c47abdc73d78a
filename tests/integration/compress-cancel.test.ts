/** Slow passes in a real engine process: they say how far they are, and end at once when they are cancelled. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RecipeStep } from '../../src/shared/recipe.ts';
import type { EngineHost } from '../../src/workbench/engine-process/engine-host.ts';
import { AT_ONCE_MS } from '../fakes/test-workbench.ts';
import { createRealHost, fashionTestSet, samplePath } from '../fakes/real-engine.ts';

let folder: string;
let host: EngineHost;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-test-'));
  host = createRealHost();
});
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

const SHA256 = '0'.repeat(64);

test.each<[string, RecipeStep, string, number | null]>([
  ['static quantization over 10,000 items', { pass: 'quantize-static', settings: {} }, 'fashion-resnet', null],
  ['GPTQ', { pass: 'quantize-weights', settings: { blockSize: 16 } }, 'fashion-vit', 256],
])('%s', async (_, step, model, itemCount) => {
  const cancel = new AbortController();
  const fractions: number[] = [];
  const { promise: isUnderWay, resolve } = Promise.withResolvers<void>();
  const compressing = host
    .call(
      'model.compress',
      {
        path: samplePath(model),
        outputPath: join(folder, 'out.onnx'),
        recipe: { version: 1, name: 'slow', passes: [step] },
        parentSha256: SHA256,
        originalSha256: SHA256,
        whittleVersion: '0.0.0',
        inputs: fashionTestSet({ limit: itemCount, labels: false }),
      },
      {
        silenceLimitMs: 60_000,
        signal: cancel.signal,
        onProgress: ({ fraction }) => {
          fractions.push(fraction ?? 0);
          if (fractions.length > 3 && (fraction ?? 0) > 0) resolve();
        },
      },
    )
    .catch((error: unknown) => error);
  await isUnderWay;
  const cancelMs = performance.now();
  cancel.abort();
  expect(await compressing).toMatchObject({ kind: 'cancelled' });
  expect(performance.now() - cancelMs).toBeLessThan(AT_ONCE_MS);
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
  expect(fractions.at(-1)).toBeLessThan(1);
});
