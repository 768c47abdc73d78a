/** Whittle runs on Node 24; a machine may have an older one, so the dependencies bring their own. */
import { existsSync } from 'node:fs';
import { bundledNodePath } from './paths.mjs';
import { exitLikeChildAtInterrupt, runGroup } from './process-groups.mjs';
import { SetupError } from './say.mjs';

/**
 * Under an older Node: runs the same command again on the Node of the dependencies, and ends this process as that one
 * ended. Under Node 24 or newer it returns at once.
 */
export async function continueOnNewerNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= 24) return;
  if (!existsSync(bundledNodePath)) {
    if (major >= 22) return;
    throw new SetupError(
      `Whittle runs on Node 24, which its dependencies did not bring for ${process.platform} on ${process.arch}, ` +
        `and this is Node ${process.versions.node}: install Node 24 from https://nodejs.org and run the command again.`,
    );
  }
  exitLikeChildAtInterrupt();
  const { code } = await runGroup(bundledNodePath, process.argv.slice(1), { stdio: 'inherit' });
  process.exit(code);
}
