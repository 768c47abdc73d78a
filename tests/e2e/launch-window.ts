/** The real window: the built application in a real Electron, with a home of its own. */
import { dirname } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { findElectronForTests } from '../../scripts/setup/electron-runtime.mjs';
import { hasDisplay } from '../../scripts/setup/display.mjs';
import { rootPath } from './program.ts';

export type OpenWindow = {
  app: ElectronApplication;
  page: Page;
  /** What the page complained of. */
  complaints: string[];
  close: () => Promise<void>;
};

/** Whether there are an Electron and a display to run it on. */
export function canLaunchWindow(): boolean {
  return findElectronForTests() !== null && hasDisplay();
}

export async function launchWindow(homePath: string, added: Record<string, string> = {}): Promise<OpenWindow> {
  const executablePath = findElectronForTests();
  if (executablePath === null) throw new Error('There is no Electron to test with.');
  // Named to the launcher of the package `electron`, and not as `executablePath`: only then does Playwright hold the
  // application until it is connected. Without, it may meet a window that has not navigated yet, and wait for it for ever.
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] = dirname(executablePath);
  const { ELECTRON_RUN_AS_NODE: _, ...environment } = process.env;
  const app = await _electron.launch({
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), rootPath, '--home', homePath],
    env: { ...environment, ...added } as Record<string, string>,
    timeout: 60_000,
  });
  const page = await app.firstWindow();
  const complaints = collectComplaints(page);
  return { app, page, complaints, close: () => app.close() };
}

/** Errors in the console, and exceptions that nobody caught. */
export function collectComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return complaints;
}
