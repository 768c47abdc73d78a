/**
 * Takes the pictures of the README: every view of the real window, light and dark, after a demonstration in a home of its own.
 * `node scripts/screenshots.mjs [folder] [width] [height]`; needs a display (or Xvfb) and writes to docs/screenshots otherwise.
 */
import './setup/require-node.mjs';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { hasDisplay, startVirtualDisplay } from './setup/display.mjs';
import { fetchElectronForTests } from './setup/electron-runtime.mjs';
import { outPath, rootPath } from './setup/paths.mjs';
import { prepareBuild, prepareDependencies } from './setup/prepare.mjs';
import { runGroup } from './setup/process-groups.mjs';
import { runScript, say, SetupError } from './setup/say.mjs';

const views = ['devices', 'library', 'benchmark', 'results', 'reports'];

await runScript(async () => {
  await prepareDependencies();
  await prepareBuild();
  const [folder = join(rootPath, 'docs', 'screenshots'), width = '1280', height = '860'] = process.argv.slice(2);
  const executablePath = await fetchElectronForTests();
  const virtual = hasDisplay() ? null : await startVirtualDisplay();
  if (!hasDisplay() && virtual === null) throw new SetupError('There is no display, and Xvfb is not installed.');
  const homePath = mkdtempSync(join(tmpdir(), 'whittle-screenshots-'));
  try {
    say('Running the demonstration …');
    const { code } = await runGroup(process.execPath, [join(outPath, 'main', 'cli.js'), 'demo', '--home', homePath], {
      stdio: 'inherit',
    });
    if (code !== 0) throw new SetupError('The demonstration failed.');
    mkdirSync(resolve(folder), { recursive: true });
    await takeAll({
      executablePath,
      homePath,
      folder: resolve(folder),
      size: { width: Number(width), height: Number(height) },
      environment: virtual === null ? {} : { DISPLAY: virtual.display },
    });
  } finally {
    rmSync(homePath, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    await virtual?.close();
  }
  return 0;
});

/**
 * @param {{ executablePath: string, homePath: string, folder: string, size: { width: number, height: number },
 *   environment: Record<string, string> }} options
 */
async function takeAll({ executablePath, homePath, folder, size, environment }) {
  const { _electron } = await import('playwright-core');
  // As in tests/e2e/launch-window.ts: so that Playwright holds the application until it is connected.
  process.env.ELECTRON_OVERRIDE_DIST_PATH = dirname(executablePath);
  const app = await _electron.launch({
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), rootPath, '--home', homePath],
    env: /** @type {Record<string, string>} */ ({ ...process.env, ...environment }),
  });
  try {
    const page = await app.firstWindow();
    await app.evaluate(({ BrowserWindow }, { width, height }) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(width, height);
    }, size);
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const view of views) {
        await page.getByRole('link', { name: new RegExp(`^${view}$`, 'i') }).click();
        await page.getByRole('heading', { level: 1 }).first().waitFor();
        // Of the results, those of the demonstration.
        if (view === 'results')
          await page
            .getByRole('link', { name: /^Demo of / })
            .first()
            .click();
        await page.getByLabel('Trying the providers').waitFor({ state: 'hidden', timeout: 120_000 });
        // Charts and queries settle; nothing on the page says when the last has.
        await page.waitForTimeout(2500);
        await page.screenshot({ path: join(folder, `${view}-${colorScheme}.png`) });
        if (view === 'results') {
          // Charts are drawn when they come near.
          await page
            .locator('figure')
            .first()
            .evaluate((figure) => figure.scrollIntoView({ block: 'center' }));
          await page.waitForTimeout(1000);
          await page.screenshot({ path: join(folder, `charts-${colorScheme}.png`) });
          await takeOperators(page, join(folder, `operators-${colorScheme}.png`));
        }
        say(`${view}, ${colorScheme}`);
      }
    }
  } finally {
    await app.close();
  }
}

/**
 * Where the time of a compressed model goes, beside the original.
 * @param {import('playwright-core').Page} page
 * @param {string} path
 */
async function takeOperators(page, path) {
  const runs = page.getByRole('region', { name: 'Runs', exact: true });
  await runs
    .getByRole('button', { name: /static-int8/ })
    .first()
    .click();
  const table = page.getByRole('table', { name: 'Beside its baseline, layer by layer' });
  await table.waitFor();
  await table.scrollIntoViewIfNeeded();
  await page.waitForTimeout(1000);
  await page.screenshot({ path });
  await page.keyboard.press('Escape');
  await table.waitFor({ state: 'hidden' });
}
