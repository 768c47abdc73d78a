/** PDF reports without a window: an installed Chrome, Chromium or Edge prints them. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { AppError } from '#shared/app-error.ts';
import type { PrintPdf } from '../report-shelf/create-report.ts';

const run = promisify(execFile);
const PRINT_LIMIT_MS = 60_000;

const programNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
const applications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

/** @returns the path of a browser that can print, or null */
export function findBrowser(env: Readonly<Record<string, string | undefined>>): string | null {
  const wish = env['WHITTLE_CHROMIUM'];
  if (wish) return wish;
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const windows = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']].flatMap((folder) =>
    folder === undefined
      ? []
      : ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'].map((file) =>
          join(folder, file),
        ),
  );
  const candidates = [
    ...folders.flatMap((folder) => programNames.map((name) => join(folder, name))),
    ...applications,
    ...windows,
  ];
  return candidates.find((path) => existsSync(path)) ?? null;
}

/** @returns a printer, or null where no browser is installed */
export function createBrowserPrinter(env: Readonly<Record<string, string | undefined>>): PrintPdf | null {
  const browserPath = findBrowser(env);
  if (browserPath === null) return null;
  return async ({ htmlPath, pdfPath }) => {
    const profilePath = await mkdtemp(join(tmpdir(), 'whittle-print-'));
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
        { timeout: PRINT_LIMIT_MS },
      );
    } catch (error) {
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
