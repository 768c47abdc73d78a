/** Installs the dependencies that the lockfile names, when they are missing or others. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundledNodePath, dependencyPath, modulesPath, rootPath } from './paths.mjs';
import { runGroup } from './process-groups.mjs';
import { sayWhileWaiting, SetupError } from './say.mjs';

/** True when node_modules holds what package-lock.json names (packages for other platforms may be missing). */
export function areDependenciesInstalled() {
  const wanted = readPackages(join(rootPath, 'package-lock.json'));
  // npm writes this list when an installation has ended, so half an installation does not count.
  const installed = readPackages(join(modulesPath, '.package-lock.json'));
  if (wanted === null) {
    throw new SetupError(`${join(rootPath, 'package-lock.json')} cannot be read: get it back from git.`);
  }
  if (installed === null) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    const found = installed[path];
    if (path === '') return true;
    if (found === undefined) return optional === true;
    return found.version === version && found.integrity === integrity;
  });
}

export async function installDependencies() {
  const stop = sayWhileWaiting('Installing the dependencies (needs the network, once) …');
  const npm = npmCommand();
  const { code, output } = await runGroup(
    npm.command,
    [...npm.args, 'ci', '--no-audit', '--no-fund', '--loglevel=error', '--fetch-retry-mintimeout=2000'],
    { cwd: rootPath, stdio: ['ignore', 'pipe', 'pipe'], shell: npm.needsShell },
  ).finally(stop);
  if (code !== 0) throw new SetupError(describeFailure(output));
}

/** The package `node` puts its binary in place by an install script, which a user's settings may forbid; then it is run here. */
export async function ensureBundledNode() {
  if (existsSync(bundledNodePath)) return;
  const folder = dependencyPath('node');
  if (!existsSync(folder)) return;
  await runGroup(process.execPath, ['installArchSpecificPackage.js'], { cwd: folder, stdio: 'ignore' });
}

const networkErrors =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR)\b/;

/** @param {string} output */
function describeFailure(output) {
  const lastLines = output
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('A complete log of this run'));
  const network = networkErrors.exec(output);
  if (network) {
    return (
      `The dependencies cannot be downloaded, because the npm registry cannot be reached (${network[1]}): ` +
      'check the network, the proxy and `npm config get registry`, then run the command again.'
    );
  }
  if (/\bENOSPC\b/.test(output))
    return 'The dependencies cannot be installed, because the disk is full: free about 1.5 GB.';
  return `The dependencies cannot be installed. npm says:\n  ${lastLines.slice(0, 12).join('\n  ')}`;
}

/** npm as this process can start it: the one that runs us, or the one beside Node, or the one on PATH. */
export function npmCommand() {
  const node = process.env.npm_node_execpath ?? process.execPath;
  const candidates = [
    process.env.npm_execpath,
    join(dirname(node), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(dirname(node), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const script = candidates.find((path) => path !== undefined && path.endsWith('npm-cli.js') && existsSync(path));
  if (script !== undefined && existsSync(node)) return { command: node, args: [script], needsShell: false };
  return { command: 'npm', args: [], needsShell: process.platform === 'win32' };
}

/**
 * @param {string} path
 * @returns {Record<string, { version: string, integrity?: string, optional?: boolean }> | null} null where the file cannot be read
 */
function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return null;
  }
}
