/** Getting the CUDA libraries, from a feed on this machine: real ONNX Runtime then looks for them where they were put. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { librariesDocumentSchema } from '../../src/shared/documents.ts';
import { type FakeFeed, serveFeed, zipOf } from '../fakes/fake-feed.ts';
import { commandLineIn } from '../fakes/command-line.ts';
import {
  createTemporaryFolder,
  finish,
  openWorkbench,
  removeFolder,
  type TestWorkbench,
} from '../fakes/test-workbench.ts';

const NAME = 'Microsoft.ML.OnnxRuntime.Gpu.Linux';
const enginePath = join(import.meta.dirname, '../fakes/faulty-engine.ts');
/** Begins as a library does, and is none. */
const library = Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46]), Buffer.alloc(5000, 7)]);

let folder: string;
let feed: FakeFeed;
let workbench: TestWorkbench;
beforeEach(async () => {
  folder = createTemporaryFolder();
  const { version } = (await import('onnxruntime-node/package.json', { with: { type: 'json' } })).default;
  const file = (name: string): string => `runtimes/linux-x64/native/libonnxruntime_providers_${name}.so`;
  const content = zipOf({
    [`${NAME}.nuspec`]: `<package><metadata><id>${NAME}</id><version>${version}</version></metadata></package>`,
    ...Object.fromEntries(['cuda', 'shared', 'tensorrt'].map((name) => [file(name), library])),
  });
  feed = await serveFeed({ name: NAME, version, content });
  vi.stubEnv('WHITTLE_NUGET_FEED', feed.url);
  vi.stubEnv('WHITTLE_TEST_GPU', 'NVIDIA RTX 4090');
  workbench = await openWorkbench(join(folder, 'home'), { enginePath });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await workbench.close();
  await feed.close();
  removeFolder(folder);
});

const reasonOfCuda = async (): Promise<string> => {
  const providers = await workbench.client.devices.providers({ refresh: true });
  return providers.find(({ id }) => id === 'node:cuda')?.reason ?? '';
};

describe.runIf(process.platform === 'linux' && process.arch === 'x64')('the CUDA libraries', () => {
  test('are offered with their size, fetched by a job, found by ONNX Runtime in the home, and removed', async () => {
    const { devices } = workbench.client;
    expect(await devices.libraries()).toMatchObject({ status: 'available', reason: null, folder: null });
    expect(await devices.libraryDownload()).toMatchObject({
      name: NAME,
      host: expect.stringMatching(/^127\.0\.0\.1:/),
      hasHash: true,
    });
    expect(feed.downloads).toEqual([]);
    expect(await reasonOfCuda()).toMatch(/libonnxruntime_providers_cuda\.so\) is not installed/);
    const { jobId } = await devices.getLibraries();
    expect(await finish(workbench.client, jobId)).toMatchObject({ status: 'completed', progress: 1 });
    expect((await workbench.client.jobs.log({ id: jobId })).at(-1)?.text).toContain('SHA-512');
    const state = await devices.libraries();
    expect(state).toMatchObject({ status: 'installed', folder: expect.stringContaining(join(folder, 'home')) });
    // It is found now, and is no library.
    expect(await reasonOfCuda()).toMatch(/cannot be loaded/);
    // All else goes on.
    expect((await devices.providers({}))[0]).toMatchObject({ id: 'node:cpu', status: 'usable' });
    expect(await devices.removeLibraries()).toMatchObject({ status: 'available' });
    expect(await reasonOfCuda()).toMatch(/is not installed/);
  });

  test('are fetched from the command line only when it is told to', async () => {
    const whittle = commandLineIn(join(folder, 'other'), { enginePath, samplesPath: null });
    const asked = await whittle('devices', '--get', 'cuda');
    expect(asked).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/: \d+ B, for .*Nothing was fetched.*--yes/s),
    });
    expect(feed.downloads).toEqual([]);
    const got = await whittle('devices', '--get', 'cuda', '--yes', '--json');
    expect(librariesDocumentSchema.parse(JSON.parse(got.stdout)).libraries.status).toBe('installed');
    expect((await whittle('devices', '--remove', 'cuda')).status).toBe(0);
  });

  test('are not offered where there is no GPU for them: the reason is a sentence, and the command line exits 1 with it', async () => {
    vi.stubEnv('WHITTLE_TEST_GPU', undefined);
    const other = await openWorkbench(join(folder, 'other'), { enginePath });
    expect(await other.client.devices.libraries()).toMatchObject({
      status: 'unavailable',
      reason: 'CUDA needs an NVIDIA GPU, and none was found on this machine.',
    });
    await expect(other.client.devices.getLibraries()).rejects.toMatchObject({ data: { kind: 'unsupported' } });
    await other.close();
    const whittle = commandLineIn(join(folder, 'third'), { samplesPath: null });
    const ran = await whittle('devices', '--get', 'cuda');
    expect(ran).toMatchObject({ status: 1, stderr: expect.stringMatching(/NVIDIA GPU/) });
    expect((await whittle('devices', '--get', 'rocm')).status).toBe(2);
  });
});
