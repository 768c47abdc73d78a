/** Pages that measure, in an installed browser without a window: each with a browser and a profile of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { parseProcStatus } from '#shared/proc-status.ts';
import { ownerMark } from '../unfinished/owner-mark.ts';
import type { OpenRunnerPage, PageEnd } from '../web-engine/runner-page.ts';
import { openDevTools } from './dev-tools.ts';
import { softwareGpuSwitches, wantsSoftwareGpu } from './software-gpu.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const STDERR_KEPT_CHARACTERS = 4096;

const plainArguments = [
  '--headless',
  // The browser's own end of the line: when the workbench dies, it closes, and the browser ends.
  '--remote-debugging-pipe',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-extensions',
  '--disable-sync',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--metrics-recording-only',
  '--mute-audio',
  '--password-store=basic',
  '--use-mock-keychain',
  // Nobody looks at the page, and it shall not be slowed down for that.
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  '--disable-features=Translate,MediaRouter,OptimizationHints,SpareRendererForSitePerProcess',
];

/** Containers often have 64 MiB of shared memory, in which a browser crashes; it can do with files instead. */
const SMALLEST_SHARED_MEMORY_BYTES = 256 * 2 ** 20;

const running = new Set<ChildProcess>();
const profiles = new Set<string>();
process.once('exit', () => {
  for (const browser of running) killGroup(browser);
  for (const path of profiles) removeNow(path);
});

export function createRunnerPages(browserPath: string, env: Environment): OpenRunnerPage {
  return async (url) => {
    const profilePath = await mkdtemp(join(tmpdir(), ownerMark('browser')));
    profiles.add(profilePath);
    const browser = startBrowser(browserPath, [
      ...plainArguments,
      ...(wantsSoftwareGpu(env)
        ? softwareGpuSwitches.map(([name, value]) => (value === null ? `--${name}` : `--${name}=${value}`))
        : []),
      // Chromium's sandbox refuses to work for root.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...(hasSharedMemory() ? [] : ['--disable-dev-shm-usage']),
      `--user-data-dir=${profilePath}`,
      url,
    ]);
    let isClosing = false;
    let crash: PageEnd | null = null;
    let stderrTail = '';
    let renderer: number | null = null;
    browser.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderrTail = (stderrTail + text).slice(-STDERR_KEPT_CHARACTERS);
    });
    running.add(browser);

    const devTools = openDevTools(browser.stdio[3] as Writable, browser.stdio[4] as Readable, (event) => {
      if (event.method !== 'Target.targetCrashed') return;
      crash = describeCrash(String(event.params['status']), Number(event.params['errorCode']));
      killGroup(browser);
    });
    void devTools.ask('Target.setDiscoverTargets', { discover: true });

    const awaitEnd = async (): Promise<PageEnd | null> => {
      const reason = await describeExit(browser, browserPath);
      running.delete(browser);
      devTools.close();
      void removeProfile(profilePath);
      if (crash !== null) return crash;
      return isClosing ? null : { reason: withLastWords(reason, stderrTail), isOutOfMemory: false };
    };

    return {
      async findProcess() {
        renderer ??= largestOf(await devTools.listProcesses('renderer'));
        return renderer;
      },
      close() {
        isClosing = true;
        killGroup(browser);
      },
      closed: awaitEnd(),
    };
  };
}

/** Not waited for: whoever cancels has no use for it. */
async function removeProfile(path: string): Promise<void> {
  // Parts of the browser may still be writing while they end.
  await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }).catch(() => {});
  if (!existsSync(path)) profiles.delete(path);
}

function removeNow(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // Temporary files are the system's to remove in the end.
  }
}

function hasSharedMemory(): boolean {
  if (process.platform !== 'linux') return true;
  try {
    const { blocks, bsize } = statfsSync('/dev/shm');
    return blocks * bsize >= SMALLEST_SHARED_MEMORY_BYTES;
  } catch {
    return false;
  }
}

function startBrowser(browserPath: string, args: readonly string[]): ChildProcess {
  return spawn(browserPath, args, {
    // A group of its own, so that all of its processes end together, and ctrl-C in a terminal does not reach it first.
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  });
}

function killGroup(browser: ChildProcess): void {
  if (browser.pid === undefined || browser.exitCode !== null || browser.signalCode !== null) return;
  try {
    // Without groups the browser's own processes end when they have lost it.
    if (process.platform === 'win32') browser.kill('SIGKILL');
    else process.kill(-browser.pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

async function describeExit(browser: ChildProcess, browserPath: string): Promise<string> {
  try {
    const [code, signal] = (await once(browser, 'exit')) as [number | null, NodeJS.Signals | null];
    if (signal !== null) return `the browser was ended by ${signal} from outside of Whittle`;
    return `the browser ended with exit code ${code}`;
  } catch (error) {
    return `${browserPath} cannot be started: ${(error as Error).message}`;
  }
}

/** Words of Chromium's for the end of a page's process. */
function describeCrash(status: string, errorCode: number): PageEnd {
  const isOutOfMemory = status === 'oom' || (status === 'killed' && errorCode === 9);
  const reason = isOutOfMemory
    ? 'its process was killed; most often the system was out of memory'
    : `its process ended: ${status}, code ${errorCode}`;
  return { reason, isOutOfMemory };
}

function withLastWords(reason: string, stderrTail: string): string {
  const last = stderrTail
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => /error|fatal|failed/i.test(line));
  return last === undefined ? reason : `${reason}; it last said: ${last}`;
}

/** The page's process is the one that holds a model; others of the browser stay small. */
function largestOf(pids: readonly number[]): number | null {
  const sizes = pids.map((pid) => ({ pid, bytes: residentBytesOf(pid) })).toSorted((a, b) => b.bytes - a.bytes);
  return sizes[0]?.pid ?? null;
}

function residentBytesOf(pid: number): number {
  try {
    return parseProcStatus(readFileSync(`/proc/${pid}/status`, 'utf8')).residentBytes ?? 0;
  } catch {
    return 0;
  }
}
