/** Brings a clone to where a script can work: dependencies, Node 24, build. Does nothing that is done already. */
import { join } from 'node:path';
import { build, isBuilt } from './build.mjs';
import { areDependenciesInstalled, ensureBundledNode, installDependencies } from './dependencies.mjs';
import { withFileLock } from './file-lock.mjs';
import { continueOnNewerNode } from './newer-node.mjs';
import { cachePath } from './paths.mjs';

const lockPath = join(cachePath, 'setup.lock');

/** Returns on Node 24 only: under an older one, the process ends in here when the same command has ended on the newer. */
export async function prepareDependencies() {
  if (!areDependenciesInstalled()) {
    await withFileLock(lockPath, async () => {
      if (!areDependenciesInstalled()) await installDependencies();
    });
  }
  await ensureBundledNode();
  await continueOnNewerNode();
}

export async function prepareBuild() {
  if (isBuilt()) return;
  await withFileLock(lockPath, async () => {
    if (!isBuilt()) await build();
  });
}
