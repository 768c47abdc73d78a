#!/usr/bin/env node
/** The command `whittle`: starts the built command line on a Node that can run it. Installs and builds nothing. */
import './setup/require-node.mjs';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { continueOnNewerNode } from './setup/newer-node.mjs';
import { modulesPath, outPath, rootPath } from './setup/paths.mjs';
import { runScript, SetupError } from './setup/say.mjs';

const programPath = join(outPath, 'main', 'cli.js');

await runScript(async () => {
  if (!existsSync(modulesPath)) {
    throw new SetupError(`Whittle is not installed yet: run “npm ci && npm run build” in ${rootPath}.`);
  }
  if (!existsSync(programPath)) throw new SetupError(`Whittle is not built yet: run “npm run build” in ${rootPath}.`);
  await continueOnNewerNode();
  await import(pathToFileURL(programPath).href);
});
