/** What the workbench says of itself and of the machine, and how it refuses. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { providerIdSchema } from '../../src/shared/provider.ts';
import { createProviderCatalog } from '../../src/workbench/devices/provider-catalog.ts';
import { createEngineHost } from '../../src/workbench/engine-process/engine-host.ts';
import { createDatasetCatalog } from '../../src/workbench/library/datasets.ts';
import { runExperiment } from '../../src/workbench/experiments/run-experiment.ts';
import { openStore } from '../../src/workbench/store/store.ts';
import { fakeDevice } from '../fakes/fake-device.ts';
import {
  createTemporaryFolder,
  fakeEnginePath,
  importFake,
  openWorkbench,
  removeFolder,
  silentMachine,
  testEnvironment,
  type TestWorkbench,
  untilDecided,
  waitFor,
} from '../fakes/test-workbench.ts';

let folder: string;
let workbench: TestWorkbench;
beforeEach(async () => {
  folder = createTemporaryFolder();
  workbench = await openWorkbench(join(folder, 'home'));
});
afterEach(async () => {
  await workbench.close();
  removeFolder(folder);
});

describe('the application', () => {
  test('says where it lives and what it is made of', async () => {
    expect(await workbench.client.application.info()).toEqual({
      environment: testEnvironment,
      homePath: join(folder, 'home'),
      samplesPath: null,
      pdf: { isAvailable: false, reason: expect.stringContaining('window') },
    });
  });

  test('says of each provider whether it works, why not, and what to do', async () => {
    const { client } = workbench;
    expect(await client.devices.current({})).toEqual(fakeDevice);
    const providers = await client.devices.providers({});
    expect(providers.map(({ id, status }) => [id, status])).toEqual([
      ['node:cpu', 'usable'],
      ['node:webgpu', 'failing'],
      ['node:cuda', 'failing'],
      ['node:tensorrt', 'failing'],
      ['node:dml', 'unavailable'],
      ['node:coreml', 'unavailable'],
      ...providerIdSchema.options.filter((id) => id.startsWith('web:')).map((id) => [id, 'unavailable']),
    ]);
    expect(providers[0]).toMatchObject({ reason: null, probeMs: 1 });
    for (const provider of providers.slice(1)) {
      expect(provider.reason).toMatch(/\.$/);
      expect(provider.advice).toMatch(/\.$/);
    }
    const [again] = await client.devices.providers({});
    expect(again?.probedAtMs).toBe(providers[0]?.probedAtMs);
    const [refreshed] = await client.devices.providers({ refresh: true });
    expect(refreshed?.probedAtMs).toBeGreaterThan(providers[0]?.probedAtMs ?? Infinity);
    // The next start knows what this one found.
    await workbench.close();
    workbench = await openWorkbench(workbench.homePath);
    const [remembered] = await workbench.client.devices.providers({});
    expect(remembered).toEqual(refreshed);
  });

  test('lists devices that something was measured on', async () => {
    await workbench.client.devices.current({});
    expect(await workbench.client.devices.list()).toEqual([]);
  });

  test.each([
    ['a wrong hash', () => workbench.client.models.get({ id: 'abc' }), 'invalid-input', /id: a SHA-256/],
    ['no providers', () => startWith({ providers: [] }), 'invalid-input', /providers/],
    ['an unknown job', () => workbench.client.jobs.get({ id: 'x' }), 'not-found', /no job x/],
    ['an unknown run', () => workbench.client.runs.get({ id: 'x' }), 'not-found', /no run x/],
    ['an unknown report', () => workbench.client.reports.read({ id: 'x' }), 'not-found', /no report x/],
  ])('refuses %s as a typed error with a sentence', async (_, call, kind, message) => {
    const error = await call().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'APP_ERROR',
      defined: true,
      data: { kind, message: expect.stringMatching(message) },
    });
    expect(workbench.complaints).toEqual([]);
  });
});

function startWith(plan: { providers: [] }): Promise<unknown> {
  return workbench.client.experiments.start({ variantIds: ['a'.repeat(64)], ...plan });
}

describe('when memory is short', () => {
  test('each case is loaded anew in every round, is compared all the same, and says so', async () => {
    const { client } = workbench;
    const variantIds = [
      await importFake(client, folder, { name: 'a', runMs: 0.4 }),
      await importFake(client, folder, { name: 'b', runMs: 0.2 }),
    ];
    const busy = await importFake(client, folder, { name: 'busy', on: { 'session.load': 'hang' } });
    // Keeps the machine, so that the job that follows stays queued and can be run by hand.
    const holder = await client.experiments.start({ variantIds: [busy], providers: ['node:cpu'] });
    await waitFor(async () => (await client.jobs.get({ id: holder.jobId })).status === 'running');
    const { experimentId } = await client.experiments.start({ ...untilDecided, variantIds });
    const store = openStore(join(folder, 'home'));
    const engines = createEngineHost({ enginePath: fakeEnginePath });
    const logged: string[] = [];
    const providerCatalog = createProviderCatalog(engines);
    const datasets = createDatasetCatalog(null);
    const machine = { machineFiles: silentMachine, availableMemory: () => 0 };
    await runExperiment({ store, engines, datasets, providerCatalog, ...machine }, experimentId, {
      jobId: 'by hand',
      signal: new AbortController().signal,
      report: () => {},
      log: (_, text) => logged.push(text),
    });
    await engines.close();
    store.close();
    const { runs, comparisons } = await client.experiments.get({ id: experimentId });
    expect(runs.map((run) => run.status)).toEqual(['completed', 'completed']);
    const isReloaded = runs.map((run) => run.warnings.some(({ kind }) => kind === 'reloaded-each-round'));
    expect(isReloaded).toEqual([true, true]);
    expect(comparisons).toMatchObject([{ pairCount: runs[0]?.blockCount, speedup: { ciLow: expect.any(Number) } }]);
    expect(runs.map((run) => run.blockCount)).toEqual([runs[0]?.blockCount, runs[0]?.blockCount]);
    expect(logged.some((text) => text.includes('does not fit into memory beside the others'))).toBe(true);
  });
});
