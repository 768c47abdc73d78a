/** What the tests need of the operating system, beside npm packages: installed on Debian for root, else named. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { hasDisplay } from './display.mjs';
import { findChromium } from './chromium.mjs';
import { findCompiler } from './native.mjs';
import { findProgram } from './paths.mjs';
import { runGroup } from './process-groups.mjs';
import { say, sayWhileWaiting } from './say.mjs';

/** Debian's package first, then what it is for and how to see that it is there. */
const needs = [
  { debian: 'g++', what: 'a C++ compiler', isThere: () => findCompiler() !== null },
  {
    debian: 'xvfb',
    what: 'Xvfb (a display for Electron)',
    isThere: () => hasDisplay() || findProgram('Xvfb') !== null,
  },
  { debian: 'chromium', what: 'Chromium or Chrome', isThere: () => findChromium() !== null },
  { debian: 'libgtk-3-0', what: 'GTK 3 (for Electron)', isThere: () => hasLibrary('libgtk-3.so.0') },
  { debian: 'libnss3', what: 'NSS (for Electron)', isThere: () => hasLibrary('libnss3.so') },
  { debian: 'libgbm1', what: 'GBM (for Electron)', isThere: () => hasLibrary('libgbm.so.1') },
  { debian: 'libasound2', what: 'ALSA (for Electron)', isThere: () => hasLibrary('libasound.so.2') },
];

/** Installs what is missing where that is allowed, and says what is still missing. */
export async function installSystemPackages() {
  const missing = needs.filter(({ isThere }) => !isThere());
  if (missing.length === 0) return;
  if (!isDebian() || process.getuid?.() !== 0) {
    const names = missing.map(({ debian, what }) => `${what}, on Debian the package ${debian}`);
    say(`The tests need, and this machine lacks: ${names.join('; ')}.`);
    return;
  }
  const packages = missing.map(({ debian }) => debian);
  const stop = sayWhileWaiting(`Installing Debian packages for the tests: ${packages.join(', ')} …`);
  /** @param {string[]} args */
  const apt = (...args) =>
    runGroup('apt-get', args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  try {
    await apt('update', '-q');
    const { code, output } = await apt('install', '-y', '-q', '--no-install-recommends', ...packages);
    if (code !== 0) say(`apt-get cannot install them:\n${output.trim().split('\n').slice(-5).join('\n')}`);
  } finally {
    stop();
  }
}

function isDebian() {
  return existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** @param {string} name */
function hasLibrary(name) {
  if (process.platform !== 'linux') return true;
  const { stdout, status } = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' });
  // Where libraries cannot be listed, Electron's own message tells.
  return status !== 0 || stdout.includes(`\t${name} `);
}
