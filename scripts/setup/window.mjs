/** Runs Electron until its window is closed, and tells when a machine cannot run it at all. */
import { runGroup } from './process-groups.mjs';

/** What Electron prints before it gives up, and what that means. */
const failures = [
  {
    pattern: /error while loading shared libraries: ([^:\s]+)/,
    reason: (/** @type {string} */ name) => `Electron cannot start, because the system library ${name} is missing.`,
  },
  {
    pattern: /(Missing X server or \$DISPLAY|Failed to connect to Wayland display|cannot open display)/,
    reason: () => `The display ${process.env.WAYLAND_DISPLAY ?? process.env.DISPLAY} cannot be opened.`,
  },
  {
    pattern: /(SUID sandbox helper|No usable sandbox)/,
    reason: () => 'Electron cannot start, because this system does not let it set up its sandbox.',
  },
];

/**
 * @param {string} electronPath
 * @param {string[]} args
 * @returns {Promise<{ kind: 'closed', code: number } | { kind: 'impossible', reason: string }>}
 */
export async function openWindow(electronPath, args) {
  const environment = { ...process.env };
  // Set in terminals of some editors; Electron would be a plain Node with it.
  delete environment.ELECTRON_RUN_AS_NODE;
  const { code, output } = await runGroup(
    electronPath,
    // Chromium's sandbox refuses to work for root.
    [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...args],
    { stdio: ['ignore', 'inherit', 'pipe'], env: environment },
    (text) => process.stderr.write(text),
  );
  if (code !== 0) {
    for (const { pattern, reason } of failures) {
      const match = pattern.exec(output);
      if (match) return { kind: 'impossible', reason: reason(match[1] ?? '') };
    }
  }
  return { kind: 'closed', code };
}
