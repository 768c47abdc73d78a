/** A case from loading to its profile, in a real engine process with the real ONNX Runtime. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EngineParams, EngineTensor } from '../../src/shared/engine-protocol.ts';
import type { EngineHost } from '../../src/workbench/engine-process/engine-host.ts';
import type { EngineProcess } from '../../src/workbench/engine-process/engine-process.ts';
import {
  createRealHost,
  fashionTestSet,
  generated,
  REQUEST_LIMIT,
  samplePath,
  settingsWith,
} from '../fakes/real-engine.ts';
import { findSwiftShader } from '../fakes/swiftshader.ts';

let temporaryFolder: string;
let host: EngineHost;
beforeAll(() => {
  temporaryFolder = mkdtempSync(join(tmpdir(), 'whittle-test-'));
  host = createRealHost({ TMPDIR: temporaryFolder });
});
afterAll(async () => {
  await host.close();
  rmSync(temporaryFolder, { recursive: true, force: true });
});

async function load(
  changes: Partial<EngineParams<'session.load'>> & { name?: string } = {},
  from: EngineHost = host,
): Promise<EngineProcess> {
  const { name = 'fashion-resnet', ...params } = changes;
  const engine = await from.start();
  const defaults = {
    path: samplePath(name),
    provider: 'node:cpu',
    settings: settingsWith(),
    inputs: generated,
  } as const;
  await engine.request('session.load', { ...defaults, ...params }, REQUEST_LIMIT);
  return engine;
}

async function outputsOf(engine: EngineProcess): Promise<Record<string, EngineTensor>> {
  const { outputs } = await engine.request('session.firstRun', { returnOutputs: true }, REQUEST_LIMIT);
  return outputs as Record<string, EngineTensor>;
}

const valuesOf = ({ bytes }: EngineTensor): number[] => [...new Float32Array(bytes.slice().buffer)];

describe('a case', () => {
  test.each(['fashion-resnet', 'fashion-mobilenet', 'fashion-vit'])(
    '%s is loaded, run, warmed up and measured',
    async (name) => {
      const engine = await host.start();
      const params = {
        path: samplePath(name),
        provider: 'node:cpu',
        settings: settingsWith(),
        inputs: generated,
      } as const;
      const loaded = await engine.request('session.load', params, REQUEST_LIMIT);
      expect(loaded.loadMs).toBeGreaterThan(0);
      expect(loaded.warnings).toEqual([]);
      expect(loaded.memoryAfter.residentBytes).toBeGreaterThan(loaded.memoryBefore.residentBytes ?? Infinity);

      const first = await engine.request('session.firstRun', { returnOutputs: true }, REQUEST_LIMIT);
      expect(first.firstRunMs).toBeGreaterThan(0);
      expect(first.outputs?.['logits']).toMatchObject({ dtype: 'float32', shape: [1, 10] });

      const warm = await engine.request('session.warmUp', { limitMs: 1000 }, REQUEST_LIMIT);
      expect(warm.runCount).toBeGreaterThan(5);
      expect(warm.lastRunMs).toBeGreaterThan(0);

      const block = { durationMs: 20, minimumSamples: 5, settleRuns: 2 };
      const startMs = performance.now();
      const measured = await engine.request('session.measure', block, REQUEST_LIMIT);
      const tookMs = performance.now() - startMs;
      expect(measured.samplesMs).toBeInstanceOf(Float64Array);
      expect(measured.samplesMs.length).toBeGreaterThanOrEqual(5);
      expect(Math.min(...measured.samplesMs)).toBeGreaterThan(0);
      // A busy machine may keep the process waiting between runs, so their sum can be any part of it.
      expect(tookMs).toBeGreaterThanOrEqual(block.durationMs);
      expect(measured.samplesMs.reduce((sum, value) => sum + value, 0)).toBeLessThanOrEqual(tookMs);

      const memory = await engine.request('session.memory', {}, REQUEST_LIMIT);
      expect(memory.peakBytes).toBeGreaterThanOrEqual(loaded.memoryAfter.residentBytes ?? Infinity);
      await engine.kill();
    },
  );

  test('gives the same outputs for the same seed, in every process', async () => {
    const [one, two] = [await load(), await load()];
    expect(await outputsOf(two)).toEqual(await outputsOf(one));
    await Promise.all([one.kill(), two.kill()]);
  });

  test('runs at another batch size, whose first item is alone the same', async () => {
    const images = fashionTestSet({ limit: null });
    const [single, batch] = [
      await load({ inputs: images }),
      await load({ inputs: images, settings: settingsWith({ batchSize: 8 }) }),
    ];
    const alone = (await outputsOf(single))['logits'] as EngineTensor;
    const together = (await outputsOf(batch))['logits'] as EngineTensor;
    expect(together.shape).toEqual([8, 10]);
    for (const [index, value] of valuesOf(alone).entries()) expect(valuesOf(together)[index]).toBeCloseTo(value, 4);
    await Promise.all([single.kill(), batch.kill()]);
  });

  test('is profiled without leaving a file', async () => {
    const engine = await load({ name: 'fashion-vit' });
    const { placement, operators } = await engine.request(
      'session.profile',
      { runCount: 2, sizeBytes: 1000, lastLevelCacheBytes: null },
      REQUEST_LIMIT,
    );
    expect(placement).toEqual([
      { provider: 'CPUExecutionProvider', nodeCount: expect.any(Number), timeShare: 1, operators: expect.any(Object) },
    ]);
    const counts = Object.values(placement[0]?.operators ?? {});
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(placement[0]?.nodeCount);
    expect(placement[0]?.nodeCount).toBeGreaterThan(50);
    expect(operators).not.toHaveProperty('memoryBytesPerSecond');
    expect(readdirSync(temporaryFolder)).toEqual([]);
    await engine.kill();
  });

  test('is held against what memory gives where its weights exceed the cache', async () => {
    const engine = await load({ name: 'fashion-vit' });
    const request = { runCount: 1, sizeBytes: 1000, lastLevelCacheBytes: 1000 };
    const { operators } = await engine.request('session.profile', request, REQUEST_LIMIT);
    expect(operators?.memoryBytesPerSecond).toBeGreaterThan(0);
    expect(readdirSync(temporaryFolder)).toEqual([]);
    await engine.kill();
  });

  test('is measured on after a profile', async () => {
    const engine = await load();
    await engine.request('session.profile', { runCount: 1, sizeBytes: 1000, lastLevelCacheBytes: null }, REQUEST_LIMIT);
    const block = { durationMs: 1, minimumSamples: 3, settleRuns: 0 };
    const { samplesMs } = await engine.request('session.measure', block, REQUEST_LIMIT);
    expect(samplesMs.length).toBeGreaterThanOrEqual(3);
    await engine.kill();
  });
});

describe('parity', () => {
  test('passes for the outputs of the same model', async () => {
    const engine = await load();
    const reference = await outputsOf(engine);
    const parity = await engine.request('session.parity', { reference }, REQUEST_LIMIT);
    expect(parity).toMatchObject({ passed: true, maxAbsoluteError: 0, nonFiniteCount: 0 });
    await engine.kill();
  });

  test('fails for the outputs of another model', async () => {
    const [engine, other] = [await load(), await load({ name: 'fashion-vit' })];
    const parity = await engine.request('session.parity', { reference: await outputsOf(other) }, REQUEST_LIMIT);
    expect(parity.passed).toBe(false);
    expect(parity.message).toMatch(/“logits” differs from that of node:cpu/);
    await Promise.all([engine.kill(), other.kill()]);
  });
});

const swiftShader = findSwiftShader();
if (swiftShader === null) {
  console.warn(
    'SKIPPED: node:webgpu is not tested, because no SwiftShader was found. Install chromium, or set VK_ICD_FILENAMES.',
  );
}

describe.runIf(swiftShader !== null)('node:webgpu', () => {
  test.each(['fashion-resnet', 'fashion-vit'])(
    'gives the results of node:cpu for %s, and says where nodes ran',
    async (name) => {
      const gpuHost = createRealHost(swiftShader ?? {});
      const cpu = await load({ name });
      const gpu = await load({ name, provider: 'node:webgpu' }, gpuHost);
      const parity = await gpu.request('session.parity', { reference: await outputsOf(cpu) }, REQUEST_LIMIT);
      expect(parity).toMatchObject({ passed: true });
      const { placement } = await gpu.request(
        'session.profile',
        { runCount: 1, sizeBytes: 1000, lastLevelCacheBytes: null },
        REQUEST_LIMIT,
      );
      expect(placement.map(({ provider }) => provider)).toContain('WebGpuExecutionProvider');
      expect(placement.reduce((sum, { timeShare }) => sum + (timeShare ?? Number.NaN), 0)).toBeCloseTo(1, 9);
      await cpu.kill();
      await gpuHost.close();
    },
  );

  test('can calibrate a model for integers', async () => {
    const gpuHost = createRealHost(swiftShader ?? {});
    const outputPath = join(temporaryFolder, 'calibrated.onnx');
    const settings = { calibrationProvider: 'node:webgpu', calibration: 'minmax' };
    const { steps, checks } = await gpuHost.call('model.compress', {
      path: samplePath('fashion-mobilenet'),
      outputPath,
      recipe: { version: 1, name: 'calibrated elsewhere', passes: [{ pass: 'quantize-static', settings }] },
      parentSha256: '0'.repeat(64),
      originalSha256: '0'.repeat(64),
      whittleVersion: '0.0.0',
      inputs: fashionTestSet({ limit: 4 }),
    });
    await gpuHost.close();
    expect(steps[0]?.settings).toMatchObject({ calibrationProvider: 'node:webgpu' });
    expect(steps[0]?.summary).toMatch(/^33 operators quantized.* ranges from 4 items/);
    expect(checks).not.toContainEqual(expect.objectContaining({ kind: 'low-fidelity' }));
  });
});
