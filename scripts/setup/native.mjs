/**
 * Compiles the addon through which runs are timed in C++ (src/engine/native). Without a compiler Whittle times them in
 * JavaScript, and says so.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { dependencyPath, findProgram, outPath, rootPath } from './paths.mjs';
import { runGroup } from './process-groups.mjs';
import { say } from './say.mjs';

const sourcePath = join(rootPath, 'src', 'engine', 'native', 'onnxruntime-session.cc');
/** src/engine/native/addon.ts looks for it there. */
const addonPath = join(outPath, 'native', 'onnxruntime-session.node');

/** Node's functions are in the program that loads the addon. */
const linking = {
  linux: ['-shared', '-ldl'],
  darwin: ['-bundle', '-undefined', 'dynamic_lookup'],
};

/** The C++ compiler of this machine, or null; the variable CXX comes first, as for make. */
export function findCompiler() {
  if (!(process.platform in linking)) return null;
  const { CXX = '' } = process.env;
  if (CXX.includes('/') && existsSync(CXX)) return CXX;
  const names = [...(CXX === '' ? [] : [CXX]), 'c++', 'g++', 'clang++'];
  return names.map((name) => findProgram(name)).find((path) => path !== null) ?? null;
}

/**
 * Whether it can be compiled or not, a build goes on.
 * @param {string} [path] of the addon
 * @returns {Promise<boolean>} whether it was
 */
export async function buildNative(path = addonPath) {
  rmSync(path, { force: true });
  const compiler = findCompiler();
  if (compiler === null) {
    say('There is no C++ compiler, so runs are timed in JavaScript. On Debian, g++ is one.');
    return false;
  }
  const folder = join(path, '..');
  mkdirSync(folder, { recursive: true });
  // A name of its own: under the final one there is only what is whole.
  const unfinishedPath = join(folder, `.${process.pid}-${basename(path)}`);
  const { code, output } = await runGroup(
    compiler,
    [
      '-std=c++17',
      '-O2',
      '-fPIC',
      '-fvisibility=hidden',
      '-DNAPI_VERSION=8',
      '-DNODE_ADDON_API_CPP_EXCEPTIONS_ALL',
      `-I${dependencyPath('node-addon-api')}`,
      `-I${dependencyPath('node-api-headers', 'include')}`,
      '-o',
      unfinishedPath,
      sourcePath,
      ...linking[/** @type {keyof typeof linking} */ (process.platform)],
    ],
    { cwd: rootPath, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  if (code === 0) {
    renameSync(unfinishedPath, path);
    return true;
  }
  rmSync(unfinishedPath, { force: true });
  say(`${compiler} does not compile src/engine/native, so runs are timed in JavaScript:\n${output.trim()}`);
  return false;
}
