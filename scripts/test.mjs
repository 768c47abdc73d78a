/**
 * `npm test`: everything that must hold, in one command. Checks the form, the types and the build, then runs the unit,
 * integration and end-to-end tests. The last line counts: a check is one, a test is one.
 * `npm test -- unit lint` runs those parts only. With CI=true, a skipped test is a failed one.
 */
import './setup/require-node.mjs';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { findChromium } from './setup/chromium.mjs';
import { hasDisplay, startVirtualDisplay } from './setup/display.mjs';
import { fetchElectronForTests } from './setup/electron-runtime.mjs';
import { cachePath, dependencyPath, rootPath } from './setup/paths.mjs';
import { prepareBuild, prepareDependencies } from './setup/prepare.mjs';
import { runGroup } from './setup/process-groups.mjs';
import { runScript, say, SetupError } from './setup/say.mjs';
import { installSystemPackages } from './setup/system-packages.mjs';

const isCi = process.env.CI === 'true' || process.env.CI === '1';
/** A part that takes longer hangs. */
const partLimitMs = 20 * 60_000;
/** Of the reason of a failure, in the summary. */
const failureLines = 12;
const failureColumns = 200;

const tsc = dependencyPath('typescript', 'bin', 'tsc');
const parts = [
  { name: 'format', run: () => check(dependencyPath('oxfmt', 'bin', 'oxfmt'), ['--check']) },
  {
    name: 'lint',
    run: async () =>
      add(
        await check(dependencyPath('oxlint', 'bin', 'oxlint'), ['--type-aware', '--deny-warnings']),
        await check(dependencyPath('knip', 'bin', 'knip.js'), []),
      ),
  },
  {
    name: 'types',
    run: async () => {
      let sum = nothing;
      for (const environment of ['shared', 'node', 'electron', 'web', 'web-engine']) {
        sum = add(sum, await check(tsc, ['-p', `tsconfig.${environment}.json`]));
      }
      return sum;
    },
  },
  { name: 'build', run: checkBuild },
  { name: 'unit', run: () => runTests('unit') },
  { name: 'integration', run: runIntegrationTests },
  { name: 'e2e', run: runEndToEndTests },
];

/** @typedef {{ passed: number, failed: number, skipped: string[], failures: string[] }} Counts of checks and tests, and what failed with its reason */
/** @type {Counts} */
const nothing = { passed: 0, failed: 0, skipped: [], failures: [] };

/** @param {Counts} a @param {Counts} b @returns {Counts} */
function add(a, b) {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: [...a.skipped, ...b.skipped],
    failures: [...a.failures, ...b.failures],
  };
}

/**
 * Runs a tool of the dependencies that answers by its exit status.
 * @param {string} path
 * @param {string[]} args
 */
async function check(path, args) {
  const { code } = await runNode([path, ...args]);
  return code === 0
    ? { ...nothing, passed: 1 }
    : { ...nothing, failed: 1, failures: [`${relative(rootPath, path)} ${args.join(' ')}: see above`] };
}

async function checkBuild() {
  try {
    await prepareBuild();
    return { ...nothing, passed: 1 };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    return { ...nothing, failed: 1, failures: [error.message] };
  }
}

/** @param {string} project @param {Record<string, string>} environment */
async function runTests(project, environment = {}) {
  const resultPath = join(cachePath, 'test', `${project}.json`);
  mkdirSync(dirname(resultPath), { recursive: true });
  rmSync(resultPath, { force: true });
  const { code } = await runNode(
    [
      dependencyPath('vitest', 'vitest.mjs'),
      'run',
      `--project=${project}`,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${resultPath}`,
    ],
    environment,
  );
  const result = readResult(resultPath);
  // A file that cannot even be loaded holds no failed test, and fails all the same.
  if (code !== 0 && result.failed === 0)
    return { ...result, failed: 1, failures: [...result.failures, 'a file or a process, see above'] };
  return result;
}

/** @param {string} path @returns {Counts} */
function readResult(path) {
  /** @type {{ testResults: { name: string, message?: string, status: string, assertionResults: { status: string, fullName: string, failureMessages: string[] }[] }[] }} */
  let result;
  try {
    result = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return nothing;
  }
  const tests = result.testResults.flatMap(({ assertionResults }) => assertionResults);
  /** @param {string[]} statuses */
  const withStatus = (...statuses) => tests.filter(({ status }) => statuses.includes(status));
  return {
    passed: withStatus('passed').length,
    failed: withStatus('failed').length,
    skipped: withStatus('skipped', 'pending', 'todo', 'disabled').map(({ fullName }) => fullName),
    failures: result.testResults.flatMap(({ name, status, message, assertionResults }) => {
      const failed = assertionResults.filter((test) => test.status === 'failed');
      const file = relative(rootPath, name);
      // Where no test of a file failed and the file did, it could not be loaded.
      if (failed.length === 0) return status === 'failed' ? [`${file}\n${firstLines(message ?? '')}`] : [];
      return failed.map(
        ({ fullName, failureMessages }) => `${file} > ${fullName}\n${firstLines(failureMessages.join('\n'))}`,
      );
    }),
  };
}

/** Of a reason that may be a page long. @param {string} text */
function firstLines(text) {
  const lines = text.split('\n').filter((line) => !line.includes('node_modules'));
  return lines
    .slice(0, failureLines)
    .map((line) => `  ${line.slice(0, failureColumns)}`)
    .join('\n');
}

/** @type {Promise<string[]> | null} */
let runtimes = null;

/** Browsers for both kinds of tests: the pages run in them, and they carry a Vulkan driver for the WebGPU provider. */
function prepareRuntimes() {
  runtimes ??= (async () => {
    await installSystemPackages();
    const missing = [];
    try {
      await fetchElectronForTests();
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      missing.push(`tests in Electron: ${error.message}`);
    }
    if (findChromium() === null) missing.push('tests in Chromium: no Chromium or Chrome is installed.');
    return missing;
  })();
  return runtimes;
}

async function runIntegrationTests() {
  await prepareRuntimes();
  return runTests('integration');
}

async function runEndToEndTests() {
  const missing = [...(await prepareRuntimes())];
  const virtual = hasDisplay() ? null : await startVirtualDisplay();
  if (!hasDisplay() && virtual === null) missing.push('tests in Electron: there is no display, and Xvfb is missing.');
  try {
    const result = await runTests('e2e', virtual === null ? {} : { DISPLAY: virtual.display });
    return { ...result, skipped: [...result.skipped, ...missing] };
  } finally {
    await virtual?.close();
  }
}

/** @param {string[]} args @param {Record<string, string>} environment */
async function runNode(args, environment = {}) {
  const startedAtMs = Date.now();
  const result = await runGroup(process.execPath, args, {
    cwd: rootPath,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...environment },
    timeout: partLimitMs,
    killSignal: 'SIGKILL',
  });
  if (Date.now() - startedAtMs >= partLimitMs) {
    say(`${args.join(' ')} was stopped: it ran for more than ${partLimitMs / 60_000} minutes.`);
  }
  return result;
}

await runScript(async () => {
  const wanted = process.argv.slice(2);
  /** @param {string} name */
  const isWanted = (name) => wanted.length === 0 || wanted.includes(name);
  const unknown = wanted.find((name) => !parts.some((part) => part.name === name));
  if (unknown !== undefined) {
    throw new SetupError(`There is no part “${unknown}”: the parts are ${parts.map(({ name }) => name).join(', ')}.`);
  }
  await prepareDependencies();
  // What they need is downloaded while the parts before them run. Whoever waits for it meets its failure.
  if (isWanted('integration') || isWanted('e2e')) prepareRuntimes().catch(() => {});

  let total = nothing;
  const lines = [];
  for (const { name, run } of parts) {
    if (!isWanted(name)) continue;
    console.log(`\n── ${name} ${'─'.repeat(60 - name.length)}`);
    const startedAtMs = Date.now();
    const result = await run();
    total = add(total, result);
    const seconds = Math.round((Date.now() - startedAtMs) / 1000);
    const skipped = result.skipped.length === 0 ? '' : `, ${result.skipped.length} SKIPPED`;
    lines.push(`${name.padEnd(12)} ${result.passed} passed, ${result.failed} failed${skipped} (${seconds} s)`);
    for (const what of result.skipped) lines.push(`             SKIPPED ${what}`);
  }

  // At the end once more, where a reader of a long log looks first, and which is all that some keep of it.
  if (total.failures.length > 0) console.log(`\nFAILED\n${total.failures.join('\n')}`);
  console.log(`\n${lines.join('\n')}`);
  if (wanted.length > 0) console.log(`Only these parts were asked for: ${wanted.join(', ')}.`);
  let { failed } = total;
  if (isCi && total.skipped.length > 0) {
    console.log('CI is set, so what was skipped counts as failed.');
    failed += total.skipped.length;
  }
  console.log(`${total.passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
