/** Builds out/ when it is missing or its sources have changed since. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildNative, findCompiler } from './native.mjs';
import { dependencyPath, outPath, rootPath } from './paths.mjs';
import { runGroup } from './process-groups.mjs';
import { sayWhileWaiting, SetupError } from './say.mjs';

/** Lies in the folder that each build empties first, so a build by hand removes it. */
const stampPath = join(outPath, 'main', '.sources-sha256');

export function isBuilt() {
  return existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stampOf(hashSources());
}

export async function build() {
  const hash = hashSources();
  const stop = sayWhileWaiting('Building …');
  const { code, output } = await runGroup(
    process.execPath,
    [dependencyPath('electron-vite', 'bin', 'electron-vite.js'), 'build', '--logLevel', 'warn'],
    { cwd: rootPath, stdio: ['ignore', 'pipe', 'pipe'] },
  ).finally(stop);
  if (code !== 0) throw new SetupError(`Whittle cannot be built:\n${output.trimEnd()}`);
  await buildNative();
  writeFileSync(stampPath, stampOf(hash));
}

/** A compiler that was not there before makes a new build worth while. @param {string} hash */
const stampOf = (hash) => `${hash} ${findCompiler() ?? 'without a compiler'}`;

/** @param {string} a @param {string} b */
const byCodeUnits = (a, b) => (a < b ? -1 : 1);

/** SHA-256 over the names and bytes of everything that a build reads. */
function hashSources() {
  const hash = createHash('sha256');
  const files = readdirSync(join(rootPath, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  const settings = ['package.json', 'package-lock.json', 'electron.vite.config.ts', 'tsconfig.base.json'];
  files.push(...settings.map((name) => join(rootPath, name)));
  for (const path of files.sort(byCodeUnits)) {
    const bytes = readFileSync(path);
    hash.update(`${relative(rootPath, path)} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}
