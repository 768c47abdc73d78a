/** The real window in a real Electron. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTemporaryFolder, removeFolder } from '../fakes/test-workbench.ts';
import { canLaunchWindow, launchWindow, type OpenWindow } from './launch-window.ts';
import { commandLinePath } from './program.ts';
import { writeSampleCopy } from './sample-copy.ts';
import { walkTheWholeWay } from './whole-way.ts';

describe.skipIf(!canLaunchWindow())('the window', () => {
  let folder: string;
  let homePath: string;
  let opened: OpenWindow | null;
  beforeEach(() => {
    folder = createTemporaryFolder();
    homePath = join(folder, 'home');
    opened = null;
  });
  afterEach(async () => {
    await opened?.close();
    removeFolder(folder);
  });

  test('imports, compresses, benchmarks, shows the charts and makes a report', async () => {
    const { app, page, complaints } = (opened = await launchWindow(homePath));
    const modelPath = writeSampleCopy(folder, 'my-model');
    await walkTheWholeWay(page, {
      modelName: 'my-model',
      importModel: async (click) => {
        await app.evaluate(({ dialog }, path) => {
          dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] });
        }, modelPath);
        await click();
      },
    });
    const reports = readdirSync(join(homePath, 'reports'));
    expect(reports).toEqual([expect.stringMatching(/\.html$/)]);
    expect(complaints).toEqual([]);
  });

  test('prints a PDF report', async () => {
    const { page } = (opened = await launchWindow(homePath));
    await page.getByRole('link', { name: 'Library' }).click();
    await page.getByRole('link', { name: 'fashion-mobilenet', exact: true }).waitFor();
    await page.getByRole('link', { name: 'Benchmark', exact: true }).click();
    await page.getByLabel(/measuring time/i).fill('2');
    await page.getByRole('button', { name: 'Start benchmark' }).click();
    await page.getByRole('link', { name: 'See results' }).click({ timeout: 120_000 });
    await page.getByLabel('Format of the report').first().click();
    await page.getByRole('option', { name: /PDF/ }).click();
    await page.getByRole('button', { name: 'Create report' }).click();
    await expect
      .poll(() => existsSync(join(homePath, 'reports')) && readdirSync(join(homePath, 'reports')), { timeout: 60_000 })
      .toEqual([expect.stringMatching(/\.pdf$/)]);
  });

  test('is cut off from the system: no Node, no way out, isolated', async () => {
    const { app, page } = (opened = await launchWindow(homePath));
    await page.getByRole('link', { name: 'Library' }).waitFor();
    expect(
      await page.evaluate(
        `({ node: typeof process, require: typeof require, isIsolated: crossOriginIsolated, origin: location.origin })`,
      ),
    ).toEqual({ node: 'undefined', require: 'undefined', isIsolated: true, origin: 'app://whittle' });
    await page.evaluate(`void window.open('file:///etc/passwd')`);
    await page.evaluate(`location.assign('file:///etc/passwd')`).catch(() => {});
    expect(page.url()).toMatch(/^app:\/\/whittle\//);
    expect(app.windows()).toHaveLength(1);
  });

  test('leaves the command line its way to the same library, and shows what it does there', async () => {
    const { page } = (opened = await launchWindow(homePath));
    await page.getByRole('link', { name: 'Library' }).click();
    await page.getByRole('link', { name: 'fashion-mobilenet', exact: true }).waitFor();
    const whittle = (...args: string[]) =>
      promisify(execFile)(process.execPath, [commandLinePath, ...args, '--home', homePath, '--json']);
    const output = join(folder, 'small.onnx');
    const { stdout } = await whittle('compress', 'fashion-mobilenet', '--recipe', 'half-precision', '-o', output);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 1, variant: { path: output } });
    await page.getByText('fashion-mobilenet.half-precision').first().waitFor();
    const { stdout: bench } = await whittle('bench', 'fashion-mobilenet', output, '--time', '2');
    const { experimentId } = JSON.parse(bench) as { experimentId: string };
    await page.getByRole('link', { name: 'Results', exact: true }).click();
    await expect.poll(() => page.locator(`a[href*="${experimentId}"]`).count(), { timeout: 10_000 }).toBeGreaterThan(0);
  });

  test('survives the death of the workbench: it is started again and the page goes on', async () => {
    const { app, page } = (opened = await launchWindow(homePath));
    await page.getByRole('link', { name: 'Library' }).click();
    await page.getByRole('link', { name: 'fashion-mobilenet', exact: true }).waitFor();
    await app.evaluate(({ app: application }) => {
      const workbench = application
        .getAppMetrics()
        .find(({ type, name }) => type === 'Utility' && name === 'Whittle workbench');
      process.kill(workbench?.pid ?? 0, 'SIGKILL');
    });
    await page.getByRole('link', { name: 'Devices' }).click();
    await page.getByText('node:cpu').first().waitFor({ timeout: 60_000 });
    await page.getByRole('link', { name: 'Library' }).click();
    await expect.poll(() => page.getByRole('link', { name: 'fashion-mobilenet', exact: true }).count()).toBe(1);
  });
});
