import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '#shared/experiment.ts';
import type { WebRuntimeOrObstacle } from './runner-page.ts';

/** What runs in a browser run in; undefined where there is none. */
export async function readWebEnvironment(web: WebRuntimeOrObstacle): Promise<Environment['web']> {
  if ('obstacle' in web) return undefined;
  const packageFile = join(web.runtimePath, '../package.json');
  const { version = 'of unknown version' } = existsSync(packageFile)
    ? (JSON.parse(readFileSync(packageFile, 'utf8')) as { version?: string })
    : {};
  return { onnxruntimeWebVersion: version, browser: await web.nameBrowser() };
}
