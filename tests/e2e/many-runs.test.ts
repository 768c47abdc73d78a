/** A page of many runs in a real Chromium: what is drawn at once, what on demand, what on paper, and where the keyboard gets to. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest';
import { findChromium } from '../../scripts/setup/chromium.mjs';
import { createTemporaryFolder, removeFolder } from '../fakes/test-workbench.ts';
import type { RunsFile } from '../../src/workbench/transfer/runs-file.ts';
import { commandLinePath, rootPath } from './program.ts';
import { type ServedWorkbench, serveWorkbench } from './served-workbench.ts';

const RUN_COUNT = 24;
/** Fewer by what is folded away. */
const SHOWN_RUN_COUNT = 20;
const SHOWN_DRIFT_COUNT = 12;
/** Of A4 in CSS pixels, at the margins that browsers take. */
const PAPER_WIDTH = 718;

const chromiumPath = findChromium();

describe.skipIf(chromiumPath === null)('a page of many runs', () => {
  let folder: string;
  let served: ServedWorkbench;
  let browser: Browser;
  let page: Page;
  let address: string;

  beforeAll(async () => {
    folder = createTemporaryFolder();
    const homePath = join(folder, 'home');
    const experimentId = await importManyRuns(homePath, folder);
    served = await serveWorkbench(homePath);
    address = `/results/${experimentId}`;
    browser = await chromium.launch({
      executablePath: chromiumPath as string,
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await served?.program.interrupt();
    removeFolder(folder);
  });
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1024, height: 700 } });
    await page.goto(served.address);
    await page.getByRole('link', { name: 'Results', exact: true }).click();
    await page.locator(`a[href="${address}"]`).first().click();
    await page.getByRole('table', { name: /^Runs of/ }).waitFor();
  });
  afterEach(() => page.close());

  test('shows the first twenty, and the others on demand', async () => {
    const rows = page.getByRole('table', { name: /^Runs of/ }).getByRole('row');
    // One of them names the columns.
    expect(await rows.count()).toBe(SHOWN_RUN_COUNT + 1);
    await page
      .getByRole('button', { name: `Show ${RUN_COUNT - SHOWN_RUN_COUNT} more runs` })
      .first()
      .click();
    expect(await rows.count()).toBe(RUN_COUNT + 1);
  });

  test('draws charts when they come near', async () => {
    const charts = page.locator('figure [role="img"]');
    await charts.nth(SHOWN_DRIFT_COUNT).waitFor();
    const last = charts.last();
    expect(await last.locator('canvas').count()).toBe(0);
    await last.scrollIntoViewIfNeeded();
    await last.locator('canvas').waitFor();
  });

  test('is printed whole: every run and every chart, no wider than paper and in light colours, and is as before afterwards', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.locator('figure').nth(SHOWN_DRIFT_COUNT).waitFor();
    const before = await drawn(page);
    expect(before.colours).toBe('dark');
    expect(before.widths.length).toBeLessThan(before.chartCount);
    // Asked for after the page did what it does before printing.
    await page.evaluate(`window.addEventListener('beforeprint', () => { window.printed = (${DRAWN})(); })`);
    await page.pdf({ format: 'A4' });
    const printed: Drawn = await page.evaluate('window.printed');
    expect(printed).toMatchObject({
      colours: 'light',
      rowCount: RUN_COUNT,
      chartCount: before.chartCount - SHOWN_DRIFT_COUNT + RUN_COUNT,
    });
    expect(printed.widths).toHaveLength(printed.chartCount);
    expect(Math.max(...printed.widths)).toBeLessThan(PAPER_WIDTH);
    await expect.poll(() => drawn(page)).toMatchObject({ colours: 'dark', rowCount: SHOWN_RUN_COUNT });
  });

  test('scrolls a cell that the keyboard reaches into sight', async () => {
    const table = page.getByRole('table', { name: /^Runs of/ });
    await table.getByRole('button', { name: /^#1 / }).focus();
    await page.keyboard.press('Tab');
    const [leftOver, rightOver] = await page.evaluate<[number, number]>(`(() => {
      const cell = document.activeElement.closest('td').getBoundingClientRect();
      const card = document.activeElement.closest('section').getBoundingClientRect();
      return [card.left - cell.left, cell.right - card.right];
    })()`);
    expect(Math.max(leftOver, rightOver)).toBeLessThanOrEqual(0);
  });

  test('gives the focus back to the button of a menu after a dialog that was opened from it', async () => {
    const menu = page.getByRole('button', { name: /^Actions for/ });
    await menu.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Rename…' }).press('Enter');
    await page.getByRole('dialog').getByRole('textbox').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await expect.poll(() => menu.evaluate((button) => button.matches(':focus'))).toBe(true);
  });
});

type Drawn = { colours: string; rowCount: number; chartCount: number; widths: number[] };

/** What the page has drawn, as text, because this project's tests know no page. */
const DRAWN = `() => ({
  colours: document.documentElement.getAttribute('data-mantine-color-scheme'),
  rowCount: document.querySelectorAll('table[aria-label^="Runs of"] tbody tr').length,
  chartCount: document.querySelectorAll('figure [role="img"]').length,
  widths: [...document.querySelectorAll('figure canvas')].map((canvas) => canvas.clientWidth),
})`;

function drawn(page: Page): Promise<Drawn> {
  return page.evaluate<Drawn>(`(${DRAWN})()`);
}

/** Measures two runs, and imports their file with copies of the second. @returns the identity of the experiment */
async function importManyRuns(homePath: string, folder: string): Promise<string> {
  const measuredHome = join(folder, 'measured');
  const whittle = (home: string, ...args: string[]) =>
    promisify(execFile)(process.execPath, [commandLinePath, ...args, '--home', home], { cwd: rootPath });
  const { stdout } = await whittle(
    measuredHome,
    'bench',
    'fashion-mobilenet',
    'fashion-resnet',
    '--time',
    '3',
    '--json',
  );
  const { experimentId } = JSON.parse(stdout) as { experimentId: string };
  const path = join(folder, 'runs.json');
  await whittle(measuredHome, 'runs', 'export', experimentId, '-o', path);
  const file = JSON.parse(readFileSync(path, 'utf8')) as RunsFile;
  const [experiment] = file.experiments;
  const [baseline, measured] = experiment?.runs ?? [];
  if (!experiment || !baseline || !measured) throw new Error('The file holds no two runs.');
  const copies = Array.from({ length: RUN_COUNT - 1 }, (_, index) => ({
    ...measured,
    id: crypto.randomUUID(),
    model: { ...measured.model, name: `copy-${index + 1}` },
  }));
  writeFileSync(path, JSON.stringify({ ...file, experiments: [{ ...experiment, runs: [baseline, ...copies] }] }));
  await whittle(homePath, 'runs', 'import', path);
  return experimentId;
}
