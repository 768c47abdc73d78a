/** Whether a window can be shown here, and a virtual display for tests where it cannot. */
import { findProgram } from './paths.mjs';
import { endGroup, spawnGroup } from './process-groups.mjs';

export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/**
 * Starts Xvfb on a free display number.
 * @returns {Promise<{ display: string, close: () => Promise<unknown> } | null>} null where Xvfb is not installed or does not start
 */
export async function startVirtualDisplay() {
  const path = findProgram('Xvfb');
  if (path === null) return null;
  // It writes the number that it has found free to file descriptor 3, when it is ready.
  const child = spawnGroup(path, ['-displayfd', '3', '-screen', '0', '1440x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const number = await new Promise((resolve) => {
    let text = '';
    child.stdio[3]?.on('data', (chunk) => {
      text += String(chunk);
      if (text.endsWith('\n')) resolve(text.trim());
    });
    child.once('exit', () => resolve(null));
    child.once('error', () => resolve(null));
  });
  return number === null ? null : { display: `:${number}`, close: () => endGroup(child.pid) };
}
