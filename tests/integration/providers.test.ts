/** Every provider is probed in a real engine process; node:webgpu also works, through SwiftShader. */
import { afterAll, describe, expect, test } from 'vitest';
import { providerIdSchema } from '../../src/shared/provider.ts';
import { createRealHost, generated, REQUEST_LIMIT, samplePath, settingsWith } from '../fakes/real-engine.ts';
import { findSwiftShader } from '../fakes/swiftshader.ts';

const host = createRealHost();
afterAll(() => host.close());

test('node:cpu is usable', async () => {
  const answer = await host.call('provider.probe', { provider: 'node:cpu' });
  expect(answer).toEqual({ ok: true, probeMs: expect.any(Number) });
});

test.each(providerIdSchema.options.filter((id) => id !== 'node:cpu'))(
  '%s works, or says why not in a sentence',
  async (provider) => {
    const answer = await host.call('provider.probe', { provider });
    const told = answer.ok ? `It works, and took ${answer.probeMs} ms.` : answer.reason;
    expect(told).toMatch(/^[A-Z][^\n]{20,}\.$|^web:[^\n]{20,}\.$/);
  },
);

test.runIf(process.platform === 'linux')('a provider of another system is not in this build', async () => {
  expect(await host.call('provider.probe', { provider: 'node:dml' })).toEqual({
    ok: false,
    reason: expect.stringMatching(/does not contain DirectML\.$/),
  });
});

test('a web provider loads no model', async () => {
  const params = { path: samplePath('fashion-resnet'), settings: settingsWith(), inputs: generated };
  await expect(host.call('session.load', { ...params, provider: 'web:wasm' })).rejects.toMatchObject({
    kind: 'unsupported',
    message: expect.stringContaining('browser'),
  });
});

test('dimensions of the settings are the ones that run', async () => {
  const engine = await host.start();
  const settings = settingsWith({ dimensions: { batch: 3 } });
  const params = { path: samplePath('fashion-resnet'), provider: 'node:cpu', inputs: generated, settings } as const;
  await engine.request('session.load', params, REQUEST_LIMIT);
  const { outputs } = await engine.request('session.firstRun', { returnOutputs: true }, REQUEST_LIMIT);
  expect(outputs?.['logits']?.shape).toEqual([3, 10]);
  await engine.kill();
});

test.each([
  ['disabled', 'sequential'],
  ['basic', 'sequential'],
  ['extended', 'parallel'],
  ['all', 'parallel'],
] as const)(
  'a model runs with graph optimization %s and execution mode %s',
  async (graphOptimization, executionMode) => {
    const engine = await host.start();
    const settings = settingsWith({
      graphOptimization,
      executionMode,
      interOpThreads: 2,
      intraOpThreads: 1,
      cpuArena: false,
      memoryPattern: false,
    });
    const params = { path: samplePath('fashion-vit'), provider: 'node:cpu', inputs: generated, settings } as const;
    await engine.request('session.load', params, REQUEST_LIMIT);
    const { outputs } = await engine.request('session.firstRun', { returnOutputs: true }, REQUEST_LIMIT);
    expect(outputs?.['logits']?.shape).toEqual([1, 10]);
    await engine.kill();
  },
);

test.each([
  { spinning: 'off' },
  { spinning: 'default' },
  { preciseInt8: true },
  { flushDenormals: true },
  { graphOptimization: 'layout' },
  { sessionConfig: { 'session.disable_prepacking': '1', 'whittle.nothing': 'of ONNX Runtime' } },
] as const)('a model runs with %j', async (changes) => {
  const engine = await host.start();
  const params = { path: samplePath('fashion-vit'), provider: 'node:cpu', inputs: generated } as const;
  await engine.request('session.load', { ...params, settings: settingsWith(changes) }, REQUEST_LIMIT);
  const { outputs } = await engine.request('session.firstRun', { returnOutputs: true }, REQUEST_LIMIT);
  expect(outputs?.['logits']?.shape).toEqual([1, 10]);
  await engine.kill();
});

test('an entry of the session that ONNX Runtime cannot read is told in a sentence', async () => {
  const settings = settingsWith({
    sessionConfig: { 'session.intra_op_thread_affinities': 'nonsense' },
    intraOpThreads: 2,
  });
  const params = { path: samplePath('fashion-vit'), provider: 'node:cpu', inputs: generated, settings } as const;
  await expect(host.call('session.load', params)).rejects.toMatchObject({
    message: expect.stringMatching(/processor id/i),
  });
});

const swiftShader = findSwiftShader();
if (swiftShader === null) {
  console.warn(
    'SKIPPED: the probe of node:webgpu is not tested, because no SwiftShader was found. Install chromium, or set VK_ICD_FILENAMES.',
  );
}

describe.runIf(swiftShader !== null)('with a Vulkan driver', () => {
  test('node:webgpu is usable', async () => {
    const gpuHost = createRealHost(swiftShader ?? {});
    const answer = await gpuHost.call('provider.probe', { provider: 'node:webgpu' });
    expect(answer).toEqual({ ok: true, probeMs: expect.any(Number) });
    await gpuHost.close();
  });

  test.each([
    { preferredLayout: 'NCHW', storageBufferCacheMode: 'simple' },
    { validationMode: 'full', enableRobustness: true, forceCpuNodeNames: ['no such node'] },
  ])('node:webgpu takes the options %j and computes the same', async (providerOptions) => {
    const gpuHost = createRealHost(swiftShader ?? {});
    const params = { path: samplePath('fashion-mobilenet'), inputs: generated };
    const reference = await host.start();
    await reference.request(
      'session.load',
      { ...params, provider: 'node:cpu', settings: settingsWith() },
      REQUEST_LIMIT,
    );
    const { outputs } = await reference.request('session.firstRun', { returnOutputs: true }, REQUEST_LIMIT);
    await reference.kill();
    const engine = await gpuHost.start();
    const settings = settingsWith({ providerOptions });
    await engine.request('session.load', { ...params, provider: 'node:webgpu', settings }, REQUEST_LIMIT);
    const parity = await engine.request('session.parity', { reference: outputs ?? {} }, REQUEST_LIMIT);
    expect(parity.passed).toBe(true);
    await gpuHost.close();
  });

  test('that cannot be loaded, node:webgpu says what is missing', async () => {
    const noDriver = createRealHost({ VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json' });
    const answer = await noDriver.call('provider.probe', { provider: 'node:webgpu' });
    expect(answer).toEqual({ ok: false, reason: expect.stringMatching(/^WebGPU finds no GPU.*Vulkan driver/) });
    await noDriver.close();
  });
});
