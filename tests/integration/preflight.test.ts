/** What is said before anything runs, held against what the real ONNX Runtime does. */
import { afterAll, expect, test } from 'vitest';
import { createRealHost, REQUEST_LIMIT, samplePath, settingsWith } from '../fakes/real-engine.ts';
import { findSwiftShader } from '../fakes/swiftshader.ts';

const swiftShader = findSwiftShader();
const host = createRealHost(swiftShader ?? {});
afterAll(() => host.close());

test('ONNX Runtime tells where it places the nodes, without running them', async () => {
  const params = { path: samplePath('fashion-vit'), provider: 'node:cpu', settings: settingsWith() } as const;
  const { placement } = await host.call('session.place', params);
  expect(placement).toEqual([{ provider: 'CPUExecutionProvider', nodeCount: expect.any(Number), timeShare: 1 }]);
  expect(placement[0]?.nodeCount).toBeGreaterThan(20);
});

test.runIf(swiftShader !== null)('another provider is asked in the same way', async () => {
  const path = samplePath('fashion-mobilenet');
  const settings = settingsWith({ graphOptimization: 'disabled' });
  const { placement } = await host.call('session.place', { path, provider: 'node:webgpu', settings });
  expect(placement.map(({ provider }) => provider)).toEqual(['WebGpuExecutionProvider']);
});

test('a file that cannot be loaded is an error in words, as it will be when it is measured', async () => {
  const params = { path: '/nowhere/none.onnx', provider: 'node:cpu', settings: settingsWith() } as const;
  await expect(host.call('session.place', params)).rejects.toMatchObject({ kind: 'not-found' });
});

test.runIf(process.platform === 'linux').each(['fashion-resnet', 'fashion-mobilenet'])(
  'the memory estimated for %s is of the size of what its run takes',
  async (name) => {
    const path = samplePath(name);
    const settings = settingsWith({ batchSize: 256, cpuArena: false, memoryPattern: false, intraOpThreads: 1 });
    const examined = await host.call('model.examine', { path, provider: 'node:cpu', settings });
    expect(examined.memory.method).toBe('liveness');
    const engine = await host.start();
    const inputs = { kind: 'generated', seed: 1 } as const;
    const loaded = await engine.request(
      'session.load',
      { path, provider: 'node:cpu', settings, inputs },
      REQUEST_LIMIT,
    );
    await engine.request('session.firstRun', { returnOutputs: false }, REQUEST_LIMIT);
    const { peakBytes } = await engine.request('session.memory', {}, REQUEST_LIMIT);
    await engine.kill();
    const taken = (peakBytes ?? 0) - (loaded.memoryAfter.residentBytes ?? 0);
    expect(examined.memory.activationsBytes).toBeGreaterThan(taken / 3);
    expect(examined.memory.activationsBytes).toBeLessThan(taken * 3);
  },
);
