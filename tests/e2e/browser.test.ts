/** The same page in a real Chromium, against `whittle serve`. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findChromium } from '../../scripts/setup/chromium.mjs';
import { createTemporaryFolder, removeFolder } from '../fakes/test-workbench.ts';
import { collectComplaints } from './launch-window.ts';
import { writeSampleCopy } from './sample-copy.ts';
import { type ServedWorkbench, serveWorkbench } from './served-workbench.ts';
import { walkTheWholeWay } from './whole-way.ts';

const chromiumPath = findChromium();

describe.skipIf(chromiumPath === null)('a browser', () => {
  let folder: string;
  let served: ServedWorkbench;
  let browser: Browser;
  beforeEach(async () => {
    folder = createTemporaryFolder();
    mkdirSync(join(folder, 'files'));
    served = await serveWorkbench(join(folder, 'home'));
    browser = await chromium.launch({
      executablePath: chromiumPath as string,
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    });
  });
  afterEach(async () => {
    await browser.close();
    await served.program.interrupt();
    removeFolder(folder);
  });

  test('imports, compresses, benchmarks, shows the charts and makes a report', async () => {
    const page = await browser.newPage();
    const complaints = collectComplaints(page);
    await page.goto(served.address);
    const modelPath = writeSampleCopy(join(folder, 'files'), 'my-model');
    await walkTheWholeWay(page, {
      modelName: 'my-model',
      importModel: async (click) => {
        const chooser = page.waitForEvent('filechooser');
        await click();
        await (await chooser).setFiles(modelPath);
      },
    });
    expect(readdirSync(join(folder, 'home', 'reports'))).toEqual([expect.stringMatching(/\.html$/)]);
    expect(complaints).toEqual([]);
  });

  test('shows no token in its address, and keeps working when the page is loaded again', async () => {
    const page = await browser.newPage();
    await page.goto(served.address);
    await page.getByRole('link', { name: 'fashion-mobilenet', exact: true }).waitFor();
    expect(page.url()).not.toContain('token');
    await page.reload();
    await page.getByRole('link', { name: 'fashion-mobilenet', exact: true }).waitFor();
    expect(await page.evaluate('crossOriginIsolated')).toBe(true);
  });

  test('without the token it says what to do', async () => {
    const page = await browser.newPage();
    await page.goto(new URL('/', served.address).href);
    await expect.poll(() => page.getByText(/whittle serve/).count()).toBeGreaterThan(0);
  });
});
