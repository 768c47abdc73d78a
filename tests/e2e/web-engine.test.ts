/**
 * Every provider that works without a GPU, in one experiment: onnxruntime-node and onnxruntime-web side by side, in hidden windows of
 * the real Electron, and through `whittle serve` in a real Chromium. What needs a GPU computes in software (SwiftShader).
 */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findChromium } from '../../scripts/setup/chromium.mjs';
import type { ProviderId } from '../../src/shared/provider.ts';
import type { Run } from '../../src/shared/run.ts';
import type { WorkbenchClient } from '../../src/workbench/local-client.ts';
import { findSwiftShader } from '../fakes/swiftshader.ts';
import { createTemporaryFolder, finish, removeFolder } from '../fakes/test-workbench.ts';
import { canLaunchWindow, launchWindow, type OpenWindow } from './launch-window.ts';
import { serveWorkbench } from './served-workbench.ts';

const PROBED_LIMIT_MS = 120_000;
const MEASURED_LIMIT_MS = 300_000;
/** Seconds on a quiet machine; compiling shaders for SwiftShader takes minutes where others compute too. */
const EVERYTHING_LIMIT_MS = 420_000;

const measuredProviders: ProviderId[] = ['node:cpu', 'node:webgpu', 'web:wasm', 'web:webgpu', 'web:webgl'];
/** Without a GPU, and without a driver for one. */
const softwareGpus = { WHITTLE_WEB_SOFTWARE_GPU: '1', ...findSwiftShader() };
const canRunAll = findSwiftShader() !== null;

/** @returns the identity of the variant of `fashion-resnet` that computes in int8 */
async function compressToInt8(client: WorkbenchClient, variantId: string): Promise<string> {
  const recipe = { version: 1 as const, name: 'int8', passes: [{ pass: 'quantize-static', settings: {} }] };
  const { jobId } = await client.recipes.compress({ variantId, recipe });
  return ((await finish(client, jobId)).result as { variantId: string }).variantId;
}

describe.skipIf(!canLaunchWindow())('the window', () => {
  let folder: string;
  let opened: OpenWindow | null;
  beforeEach(() => {
    folder = createTemporaryFolder();
    opened = null;
  });
  afterEach(async () => {
    await opened?.close();
    removeFolder(folder);
  });

  async function startBenchmark(
    page: Page,
    plan: { models: string[]; providers: ProviderId[]; seconds: number },
  ): Promise<void> {
    await page.getByRole('link', { name: 'Library' }).click();
    await page.getByRole('link', { name: 'fashion-vit', exact: true }).waitFor();
    await page.getByRole('link', { name: 'Benchmark', exact: true }).click();
    for (const provider of plan.providers) {
      await page.getByRole('checkbox', { name: new RegExp(provider) }).check({ timeout: PROBED_LIMIT_MS });
    }
    const boxes = await page.getByRole('checkbox', { name: /^Measure /, checked: true }).all();
    const chosen = await Promise.all(boxes.map((box) => box.getAttribute('aria-label')));
    for (const name of chosen) await page.getByRole('checkbox', { name: name ?? '', exact: true }).uncheck();
    for (const model of plan.models) {
      await page.getByRole('checkbox', { name: `Measure ${model}`, exact: true }).check();
    }
    await page.getByLabel(/measuring time/i).fill(String(plan.seconds));
    // It makes every session once more, and compiles all shaders again.
    await page.getByRole('switch', { name: 'Find out where each node ran' }).uncheck();
    await page.getByRole('button', { name: 'Start benchmark' }).click();
  }
  /** Windows with a page of their own, the user's included. */
  const countWindows = ({ app }: OpenWindow): Promise<number> =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

  test.skipIf(!canRunAll)(
    'measures a model and its int8 variant on every provider that works without a GPU, and says of the others why not',
    async () => {
      const homePath = join(folder, 'home');
      await compressBeforehand(homePath);
      const { page, complaints } = (opened = await launchWindow(homePath, softwareGpus));
      const models = ['fashion-resnet', 'fashion-resnet.int8'];
      await startBenchmark(page, { models, providers: measuredProviders, seconds: 1 });
      await page.getByRole('link', { name: 'See results' }).click({ timeout: MEASURED_LIMIT_MS });
      const rows = page.getByRole('table', { name: /^Runs of/ }).getByRole('row');
      await rows.filter({ hasText: 'web:webgl' }).first().waitFor();
      const textsOf = async (provider: ProviderId): Promise<string[]> =>
        rows.filter({ hasText: provider }).allInnerTexts();
      for (const provider of measuredProviders) {
        const [float, int8, ...more] = await textsOf(provider);
        expect(more).toEqual([]);
        // Its median, its memory, and that the results are those of node:cpu, with which that itself is not compared.
        const measured = new RegExp(
          `${provider}\\s+[\\d.,]+\\s.*\\d\\sMiB.*${provider === 'node:cpu' ? '—' : 'yes'}\\s*$`,
          's',
        );
        expect(float).toMatch(measured);
        expect(int8).toMatch(provider === 'web:webgl' ? /web:webgl\s+unsupported/ : measured);
      }
      await page
        .getByText(/the operator “QuantizeLinear”, which this provider does not have/)
        .first()
        .waitFor();
      // Nothing that measured is left.
      expect(await countWindows(opened)).toBe(1);
      await page.getByRole('link', { name: 'Devices' }).click();
      for (const device of ['cpu', 'gpu', 'npu']) {
        expect(
          await page
            .getByRole('row')
            .filter({ hasText: `web:webnn-${device}` })
            .innerText(),
        ).toMatch(/(Failing|Unavailable)\s+.*WebNN.*\./s);
      }
      expect(complaints).toEqual([]);
    },
    EVERYTHING_LIMIT_MS,
  );

  test('a hidden window whose process is killed fails its run with the reason, and the other goes on', async () => {
    const { app, page } = (opened = await launchWindow(join(folder, 'home')));
    await startBenchmark(page, { models: ['fashion-resnet'], providers: ['node:cpu', 'web:wasm'], seconds: 8 });
    await page
      .getByText(/Measuring round [2-9]/)
      .first()
      .waitFor({ timeout: MEASURED_LIMIT_MS });
    await app.evaluate(({ BrowserWindow }) => {
      for (const window of BrowserWindow.getAllWindows()) {
        if (!window.isVisible()) process.kill(window.webContents.getOSProcessId(), 'SIGKILL');
      }
    });
    await page.getByRole('link', { name: 'See results' }).click({ timeout: MEASURED_LIMIT_MS });
    await page
      .getByText(/The browser page ended during session\.measure/)
      .first()
      .waitFor();
    expect(await countWindows(opened)).toBe(1);
  });
});

async function compressBeforehand(homePath: string): Promise<void> {
  const served = await serveWorkbench(homePath);
  try {
    const client = await served.connect();
    await compressToInt8(client, await findSample(client));
  } finally {
    await served.program.interrupt();
  }
}

/** The samples are imported after the start. */
async function findSample(client: WorkbenchClient): Promise<string> {
  const model = (await client.models.list()).find(({ name }) => name === 'fashion-resnet');
  return model?.id ?? '';
}

test.skipIf(findChromium() === null || !canRunAll)(
  'whittle serve measures a model and its int8 variant on every provider that works without a GPU, in a browser that is installed',
  async () => {
    const folder = createTemporaryFolder();
    const served = await serveWorkbench(join(folder, 'home'), softwareGpus);
    try {
      const client = await served.connect();
      const original = await findSample(client);
      const { experimentId, jobId } = await client.experiments.start({
        variantIds: [original, await compressToInt8(client, original)],
        providers: [...measuredProviders, 'web:webnn-npu'],
        timeBudgetSeconds: 1,
        profile: false,
      });
      expect(await finish(client, jobId)).toMatchObject({ status: 'completed' });
      const { runs, environment } = await client.experiments.get({ id: experimentId });
      expect(runs.map(({ provider, status }) => `${provider} ${status}`)).toEqual([
        ...measuredProviders.slice(0, -1).flatMap((id) => [`${id} completed`, `${id} completed`]),
        'web:webgl completed',
        'web:webgl unsupported',
        'web:webnn-npu unsupported',
        'web:webnn-npu unsupported',
      ]);
      expect(runs[9]?.error?.message).toContain('“QuantizeLinear”');
      expect(runs[10]?.error?.message).toContain('WebNN');
      for (const run of runs.slice(0, 9)) expectProven(run);
      expect(environment.web).toEqual({
        onnxruntimeWebVersion: expect.stringMatching(/^\d+\.\d+/),
        browser: expect.stringMatching(/^\w[\w ]+ \d+\.\d+/),
      });
      const ofSoftware = runs.filter(({ warnings }) => warnings.some(({ kind }) => kind === 'software-gpu'));
      expect([...new Set(ofSoftware.map(({ provider }) => provider))]).toEqual([
        'node:webgpu',
        'web:webgpu',
        'web:webgl',
      ]);
    } finally {
      await served.program.interrupt();
      removeFolder(folder);
    }
  },
  EVERYTHING_LIMIT_MS,
);

/** Compared with the CPU before it was timed, then measured. */
function expectProven(run: Run): void {
  // node:cpu is what the others are compared with.
  expect(run.parity?.passed ?? null).toBe(run.provider === 'node:cpu' ? null : true);
  expect(run.latencyMs?.median).toBeGreaterThan(0);
  expect(run.firstRunMs).toBeGreaterThan(0);
  // Linux tells the memory of any process.
  expect(run.memory.peakBytes !== null).toBe(process.platform === 'linux');
  expect(run.memory.peakBytes ?? 0).toBeGreaterThanOrEqual(run.memory.loadedBytes ?? 0);
}
