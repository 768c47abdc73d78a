import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { WebRuntimeOrObstacle } from '../web-engine/runner-page.ts';
import { findBrowser } from './find-browser.ts';
import { nameBrowser } from './name-browser.ts';
import { createRunnerPages } from './runner-pages.ts';

/** Measuring in an installed browser, or why there is none. */
export function installedWebRuntime(
  paths: { rendererPath: string; webRuntimePath: string | null },
  env: Readonly<Record<string, string | undefined>>,
): WebRuntimeOrObstacle {
  const programs = webPrograms(paths);
  if ('obstacle' in programs) return programs;
  const browserPath = findBrowser(env);
  if (browserPath === null) {
    return {
      obstacle:
        'No Chrome, Chromium or Edge is installed to measure in. Install one, name one with WHITTLE_CHROMIUM, or use the Whittle window. The page of “whittle serve” itself is not measured in: it may be open on another device.',
    };
  }
  return {
    ...programs,
    openPage: createRunnerPages(browserPath, env),
    nameBrowser: () => nameBrowser(browserPath),
  };
}

/** What the page runs, wherever it is opened. */
export function webPrograms(paths: {
  rendererPath: string;
  webRuntimePath: string | null;
}): { pagePath: string; runtimePath: string } | { obstacle: string } {
  if (paths.webRuntimePath === null) {
    return { obstacle: 'onnxruntime-web is not installed: install the dependencies again.' };
  }
  if (!existsSync(join(paths.rendererPath, 'web-engine-worker.js'))) {
    return {
      obstacle: `The page that measures is not built: ${paths.rendererPath} does not hold it. Run “npm run build”.`,
    };
  }
  return { pagePath: paths.rendererPath, runtimePath: paths.webRuntimePath };
}
