/** PDF reports without a window: an installed Chrome, Chromium or Edge prints them. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { AppError } from '#shared/app-error.ts';
import { findBrowser } from '../browser/find-browser.ts';
import type { PrintPdf } from '../report-shelf/create-report.ts';
import { ownerMark } from '../unfinished/owner-mark.ts';
import { throwIfCancelled } from '../unless-aborted.ts';

const run = promisify(execFile);
const PRINT_LIMIT_MS = 60_000;

/** @returns a printer, or null where no browser is installed */
export function createBrowserPrinter(env: Readonly<Record<string, string | undefined>>): PrintPdf | null {
  const browserPath = findBrowser(env);
  if (browserPath === null) return null;
  return async ({ htmlPath, pdfPath, signal }) => {
    const profilePath = await mkdtemp(join(tmpdir(), ownerMark('print')));
    try {
      await run(
        browserPath,
        [
          '--headless',
          // Chromium's sandbox refuses to work for root.
          ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
          '--disable-gpu',
          '--no-first-run',
          `--user-data-dir=${profilePath}`,
          '--no-pdf-header-footer',
          `--print-to-pdf=${pdfPath}`,
          pathToFileURL(htmlPath).href,
        ],
        { timeout: PRINT_LIMIT_MS, ...(signal === undefined ? {} : { signal }) },
      );
    } catch (error) {
      throwIfCancelled(signal);
      throw new AppError('input-output', `${browserPath} could not print the report. Make an HTML report instead.`, {
        cause: error,
      });
    } finally {
      // The browser may still be writing to it while it ends.
      await rm(profilePath, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
    if (!existsSync(pdfPath)) {
      throw new AppError('input-output', `${browserPath} made no PDF file. Make an HTML report instead.`);
    }
  };
}
