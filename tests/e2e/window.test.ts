/** The real window in a real Electron. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
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
    await page.getByRole('link', { name: 'Results', exact: true }).click();
    await page.getByRole('link', { name: /^my-model/ }).click();
    await page.getByRole('button', { name: 'Measure again' }).click();
    await page.getByRole('link', { name: 'See results' }).click({ timeout: 120_000 });
    await page.getByRole('table', { name: 'Each number before and again' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('compresses and measures on a file of arrays that is picked, says before what does not fit, and prints a PDF report', async () => {
    const { app, page } = (opened = await launchWindow(homePath));
    await page.getByRole('link', { name: 'Library' }).click();
    await page.getByRole('link', { name: 'fashion-mobilenet', exact: true }).waitFor();
    await page.getByRole('link', { name: 'Benchmark', exact: true }).click();
    const inputs = page.getByRole('region', { name: 'Inputs', exact: true });
    await inputs.getByText('File', { exact: true }).click();
    for (const [channels, told] of [
      [3, /“image” is \[1, 3, 28, 28\] in 3\.npy/],
      [1, /1\.npy: 0/],
    ] as const) {
      await app.evaluate(
        ({ dialog }, path) => {
          dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] });
        },
        writeZeros(folder, [1, channels, 28, 28]),
      );
      await inputs.getByRole('button', { name: 'Choose…' }).click();
      await inputs.getByText(told).first().waitFor();
    }
    await page.getByLabel(/measuring time/i).fill('2');
    await page.getByRole('button', { name: 'Start benchmark' }).click();
    await page.getByRole('link', { name: 'See results' }).click({ timeout: 120_000 });
    await page.getByText('inputs: 1.npy').waitFor();
    await page.getByLabel('Format of the report').first().click();
    await page.getByRole('option', { name: /PDF/ }).click();
    await page.getByRole('button', { name: 'Create report' }).click();
    await expect
      .poll(() => existsSync(join(homePath, 'reports')) && readdirSync(join(homePath, 'reports')), { timeout: 60_000 })
      .toEqual([expect.stringMatching(/\.pdf$/)]);
    await page.getByRole('link', { name: 'Library' }).click();
    await page.getByRole('link', { name: 'fashion-mobilenet', exact: true }).click();
    await page.getByRole('button', { name: 'Compress', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('radio', { name: 'Custom' }).click();
    await dialog.getByPlaceholder('Choose a pass').click();
    await page.getByRole('option', { name: /^Half precision/ }).click();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Compress', exact: true }).click();
    await dialog.getByRole('heading', { name: '1. Half precision (float16)' }).waitFor();
    await dialog.getByRole('radio', { name: 'Safe half precision' }).click();
    await dialog.getByLabel('Data', { exact: true }).first().click();
    await page.getByRole('option', { name: 'A file of arrays' }).click();
    const compress = dialog.getByRole('button', { name: 'Compress', exact: true });
    expect(await compress.isDisabled()).toBe(true);
    await dialog.getByRole('button', { name: 'Choose…' }).click();
    await compress.click();
    await page.getByRole('cell', { name: 'fashion-mobilenet.half-precision' }).first().waitFor();
    await page
      .getByText(/^1 item of 1\.npy/)
      .first()
      .waitFor();
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

/** A `.npy` file of float32 zeros, named by its second dimension. */
function writeZeros(folder: string, shape: readonly number[]): string {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }\n`;
  const head = Buffer.from(`\u{93}NUMPY\u{1}\0${String.fromCharCode(header.length)}\0${header}`, 'latin1');
  const path = join(folder, `${shape[1]}.npy`);
  writeFileSync(path, Buffer.concat([head, Buffer.alloc(4 * shape.reduce((product, size) => product * size, 1))]));
  return path;
}
