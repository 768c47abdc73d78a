/** The way of a newcomer, on the page: import, compress, benchmark, see the chart, make a report. The same in window and browser. */
import { expect } from 'vitest';
import type { Page } from 'playwright-core';

const MEASURED_LIMIT_MS = 120_000;

export async function walkTheWholeWay(
  page: Page,
  about: {
    /** Of the file that is imported, without its ending. */
    modelName: string;
    /** Answers the file dialog that the click opens. */
    importModel: (click: () => Promise<void>) => Promise<void>;
  },
): Promise<void> {
  const { modelName } = about;
  const variantName = `${modelName}.half-precision`;

  await page.getByRole('link', { name: 'Library' }).click();
  await page.getByRole('link', { name: 'fashion-mobilenet', exact: true }).waitFor();
  await about.importModel(() => page.getByRole('button', { name: 'Import model' }).click());
  await page.getByRole('link', { name: modelName, exact: true }).click();

  await page.getByRole('button', { name: 'Compress', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: 'Safe half precision' }).click();
  await dialog.getByRole('button', { name: 'Compress', exact: true }).click();
  await page.getByRole('cell', { name: variantName }).first().waitFor();

  await page.getByRole('link', { name: 'Benchmark', exact: true }).click();
  for (const name of await chosenModels(page)) await page.getByRole('checkbox', { name }).uncheck();
  for (const name of [modelName, variantName]) {
    await page.getByRole('checkbox', { name: `Measure ${name}`, exact: true }).check();
  }
  await page.getByLabel(/measuring time/i).fill('3');
  await page.getByRole('button', { name: 'Start benchmark' }).click();
  await page.getByRole('link', { name: 'See results' }).click({ timeout: MEASURED_LIMIT_MS });

  // The answer, one row for each case, and charts that have drawn something.
  await page
    .getByText(/^(Try|Keep) “/)
    .first()
    .waitFor();
  await page.getByRole('cell', { name: variantName }).first().waitFor();
  expect(await drawnCharts(page)).toBeGreaterThan(1);

  await page.getByRole('button', { name: 'Create report' }).click();
  await page.waitForURL(/\/reports\?report=/);
}

async function chosenModels(page: Page): Promise<string[]> {
  const boxes = await page.getByRole('checkbox', { name: /^Measure /, checked: true }).all();
  const names = await Promise.all(boxes.map((box) => box.getAttribute('aria-label')));
  return names.filter((name) => name !== null);
}

/** How many canvases hold more than one colour. */
async function drawnCharts(page: Page): Promise<number> {
  // They are drawn when they come near.
  for (const figure of await page.locator('figure').all()) await figure.scrollIntoViewIfNeeded();
  await page.locator('canvas').first().waitFor();
  // The first drawing is animated.
  await page.waitForTimeout(1500);
  // As text, because this project's tests know no page.
  const count: number = await page.evaluate(`
    [...document.querySelectorAll('canvas')].filter((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value, index) => value !== data[index % 4]);
    }).length
  `);
  return count;
}
