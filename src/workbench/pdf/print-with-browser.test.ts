import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createBrowserPrinter } from './print-with-browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'whittle-printer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A browser that does what the lines of a shell say. */
function printerOf(name: string, lines: string) {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  const print = createBrowserPrinter({ WHITTLE_CHROMIUM: path });
  if (print === null) throw new Error('The browser that was named is found.');
  return print;
}

describe.skipIf(process.platform === 'win32')('a printing browser', () => {
  const files = { htmlPath: join(folder, 'a.html'), pdfPath: join(folder, 'a.pdf') };

  test('is ended when printing is cancelled', async () => {
    const interruption = new AbortController();
    const printing = printerOf('slow', 'exec sleep 600')({ ...files, signal: interruption.signal });
    interruption.abort();
    await expect(printing).rejects.toMatchObject({ kind: 'cancelled' });
  });

  test('that fails, or makes no file, is named with the way out', async () => {
    await expect(printerOf('failing', 'exit 1')(files)).rejects.toThrow(/failing could not print.*HTML report instead/);
    await expect(printerOf('idle', 'exit 0')(files)).rejects.toThrow(/idle made no PDF file/);
  });
});
