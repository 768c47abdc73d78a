/** Models are measured by onnxruntime-web: in hidden windows of the real Electron, and by `whittle serve` in a real Chromium. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findChromium } from '../../scripts/setup/chromium.mjs';
import { createTemporaryFolder, finish, removeFolder } from '../fakes/test-workbench.ts';
import { canLaunchWindow, launchWindow, type OpenWindow } from './launch-window.ts';
import { serveWorkbench } from './served-workbench.ts';

const PROBED_LIMIT_MS = 120_000;
const MEASURED_LIMIT_MS = 120_000;

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

  /** `fashion-resnet` on node:cpu and web:wasm. */
  async function startBenchmark(page: Page, seconds: number): Promise<void> {
    await page.getByRole('link', { name: 'Library' }).click();
    await page.getByRole('link', { name: 'fashion-vit', exact: true }).waitFor();
    await page.getByRole('link', { name: 'Benchmark', exact: true }).click();
    await page.getByRole('checkbox', { name: /web:wasm/ }).check({ timeout: PROBED_LIMIT_MS });
    const boxes = await page.getByRole('checkbox', { name: /^Measure /, checked: true }).all();
    const chosen = await Promise.all(boxes.map((box) => box.getAttribute('aria-label')));
    for (const name of chosen) await page.getByRole('checkbox', { name: name ?? '', exact: true }).uncheck();
    await page.getByRole('checkbox', { name: 'Measure fashion-resnet', exact: true }).check();
    await page.getByLabel(/measuring time/i).fill(String(seconds));
    await page.getByRole('button', { name: 'Start benchmark' }).click();
  }
  /** Windows with a page of their own, the user's included. */
  const countWindows = ({ app }: OpenWindow): Promise<number> =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

  test('measures web:wasm in a hidden window that is gone afterwards', async () => {
    const { page, complaints } = (opened = await launchWindow(join(folder, 'home')));
    await startBenchmark(page, 4);
    await expect.poll(() => countWindows(opened as OpenWindow), { timeout: MEASURED_LIMIT_MS }).toBe(2);
    await page.getByRole('link', { name: 'See results' }).click({ timeout: MEASURED_LIMIT_MS });
    const row = page.getByRole('row').filter({ hasText: 'web:wasm' }).first();
    await row.waitFor();
    const text = await row.innerText();
    // Its median, its memory, where it ran, and that the results are those of node:cpu.
    expect(text).toMatch(/web:wasm\s+\d+\.\d+\s.*\d MiB.*CPU 100 %\s+yes/s);
    expect(await countWindows(opened)).toBe(1);
    expect(complaints).toEqual([]);
  });

  test('a hidden window whose process is killed fails its run with the reason, and the other goes on', async () => {
    const { app, page } = (opened = await launchWindow(join(folder, 'home')));
    await startBenchmark(page, 8);
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

test.skipIf(findChromium() === null)('whittle serve measures web:wasm in a browser that is installed', async () => {
  const folder = createTemporaryFolder();
  const served = await serveWorkbench(join(folder, 'home'));
  try {
    const client = await served.connect();
    const model = (await client.models.list()).find(({ name }) => name === 'fashion-resnet');
    const { experimentId, jobId } = await client.experiments.start({
      variantIds: [model?.id ?? ''],
      providers: ['node:cpu', 'web:wasm'],
      timeBudgetSeconds: 2,
      profile: false,
    });
    expect(await finish(client, jobId)).toMatchObject({ status: 'completed' });
    const { runs, environment } = await client.experiments.get({ id: experimentId });
    expect(runs.map(({ status }) => status)).toEqual(['completed', 'completed']);
    expect(runs[1]?.parity).toMatchObject({ passed: true });
    expect(environment.web?.onnxruntimeWebVersion).toMatch(/^\d+\./);
  } finally {
    await served.program.interrupt();
    removeFolder(folder);
  }
});
