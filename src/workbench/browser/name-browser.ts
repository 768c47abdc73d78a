import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ANSWER_LIMIT_MS = 10_000;

/** `Chromium 150.0.7871.100`, as the browser says it; null where it does not (on Windows it would open a window instead). */
export async function nameBrowser(browserPath: string): Promise<string | null> {
  if (process.platform === 'win32') return null;
  try {
    const { stdout } = await run(browserPath, ['--version'], { timeout: ANSWER_LIMIT_MS });
    return /^[^\d]*\d+(\.\d+)+/.exec(stdout.trim())?.[0] ?? null;
  } catch {
    return null;
  }
}
