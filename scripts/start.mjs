/** `npm start`: the window; where no window can be shown, the same workbench for a browser. */
import './setup/require-node.mjs';
import { join } from 'node:path';
import { hasDisplay } from './setup/display.mjs';
import { fetchElectron } from './setup/electron-runtime.mjs';
import { outPath, rootPath } from './setup/paths.mjs';
import { prepareBuild, prepareDependencies } from './setup/prepare.mjs';
import { exitWithZeroAtInterrupt, runGroup } from './setup/process-groups.mjs';
import { runScript, say, SetupError } from './setup/say.mjs';
import { openWindow } from './setup/window.mjs';

await runScript(async () => {
  await prepareDependencies();
  await prepareBuild();
  exitWithZeroAtInterrupt();
  const args = process.argv.slice(2);
  const outcome = await tryWindow(args);
  if (outcome.kind === 'closed') return outcome.code;
  say(`${outcome.reason} Whittle serves its workbench to a browser instead.`);
  const { code } = await runGroup(process.execPath, [join(outPath, 'main', 'cli.js'), 'serve', ...args], {
    stdio: 'inherit',
  });
  return code;
});

/**
 * @param {string[]} args
 * @returns {Promise<{ kind: 'closed', code: number } | { kind: 'impossible', reason: string }>}
 */
async function tryWindow(args) {
  if (!hasDisplay()) {
    return { kind: 'impossible', reason: 'There is no display (DISPLAY and WAYLAND_DISPLAY are not set).' };
  }
  try {
    return await openWindow(await fetchElectron(), [rootPath, ...args]);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return { kind: 'impossible', reason: error.message };
  }
}
