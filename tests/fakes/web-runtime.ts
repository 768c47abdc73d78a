/** Measuring in the Chromium of this machine, with GPUs in software; needs `npm run build`. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium } from '../../scripts/setup/chromium.mjs';
import { nameBrowser } from '../../src/workbench/browser/name-browser.ts';
import { createRunnerPages } from '../../src/workbench/browser/runner-pages.ts';
import type { WebRuntime } from '../../src/workbench/web-engine/runner-page.ts';

const rootPath = join(import.meta.dirname, '../..');

export const chromiumPath = findChromium();

export function createTestWebRuntime(
  options: { browserPath?: string; env?: Record<string, string | undefined> } = {},
): WebRuntime {
  const { browserPath = chromiumPath ?? '', env = { WHITTLE_WEB_SOFTWARE_GPU: '1' } } = options;
  return {
    pagePath: join(rootPath, 'out/renderer'),
    runtimePath: dirname(fileURLToPath(import.meta.resolve('onnxruntime-web'))),
    openPage: createRunnerPages(browserPath, env),
    nameBrowser: () => nameBrowser(browserPath),
  };
}
