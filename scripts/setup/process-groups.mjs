/**
 * Child processes in groups of their own. Whatever a child starts stays in its group, so one signal ends all of it. A
 * terminal's ctrl-C reaches this process only, which passes it on, waits, and kills what is left.
 */
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

/** @type {Record<string, number>} */
const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };
const graceMs = 5000;
const isWindows = process.platform === 'win32';

/** Process ids of the groups' leaders. @type {Set<number>} */
const groups = new Set();
/** What follows the end of a leader: the end of its group. @type {WeakMap<import('node:child_process').ChildProcess, Promise<void>>} */
const endings = new WeakMap();
let isEnding = false;

/**
 * Starts a program as the leader of a new group.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 */
export function spawnGroup(command, args, options = {}) {
  passSignalsOn();
  const child = spawn(command, args, { ...options, detached: !isWindows, windowsHide: true });
  const { pid } = child;
  if (pid !== undefined) {
    groups.add(pid);
    // Members may outlive their leader (a crashed window leaves its engine processes): they end with it.
    child.once('exit', () => endings.set(child, endGroup(pid)));
  }
  return child;
}

/**
 * Runs a program to its end, in a group.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<{ code: number, output: string }>} its exit status (128 + signal where one ended it) and what it printed, where that was piped
 */
export function runGroup(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawnGroup(command, args, options);
    let output = '';
    /** @param {string} chunk */
    const keep = (chunk) => (output += chunk);
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    child.once('error', reject);
    child.once('close', async (code, signal) => {
      await endings.get(child);
      // While everything is being ended, the handler of the signal decides how this process exits.
      if (!isEnding) resolve({ code: code ?? 128 + (signalNumbers[signal ?? ''] ?? 9), output });
    });
  });
}

/**
 * Asks a group to end, and kills what is left of it after a moment.
 * @param {number} pid of the leader
 * @param {NodeJS.Signals} signal
 */
export async function endGroup(pid, signal = 'SIGTERM') {
  signalGroup(pid, signal);
  const deadlineMs = Date.now() + graceMs;
  while (isGroupAlive(pid)) {
    if (Date.now() > deadlineMs) {
      signalGroup(pid, 'SIGKILL');
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  groups.delete(pid);
}

/** What to do at ctrl-C besides ending the groups: the exit status. A program that is stopped this way normally answers 0. */
let statusAfter = (/** @type {string} */ signal) => 128 + (signalNumbers[signal] ?? 0);
export function exitCleanlyOnInterrupt() {
  statusAfter = () => 0;
}

let passesSignalsOn = false;
function passSignalsOn() {
  if (passesSignalsOn) return;
  passesSignalsOn = true;
  for (const signal of /** @type {NodeJS.Signals[]} */ (Object.keys(signalNumbers))) {
    process.on(signal, () => {
      if (isEnding) {
        // Asked twice: no more patience.
        for (const pid of groups) signalGroup(pid, 'SIGKILL');
        return;
      }
      isEnding = true;
      void Promise.all([...groups].map((pid) => endGroup(pid, signal))).then(() => process.exit(statusAfter(signal)));
    });
  }
}

/** @param {number} pid @param {NodeJS.Signals} signal */
function signalGroup(pid, signal) {
  try {
    if (isWindows) spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
    else process.kill(-pid, signal);
  } catch {
    // The group is gone.
  }
}

/** @param {number} pid */
function isGroupAlive(pid) {
  try {
    process.kill(isWindows ? pid : -pid, 0);
  } catch {
    return false;
  }
  // In a container, nobody may collect dead orphans: they still count as members, and would be waited for in vain.
  return process.platform === 'linux' ? hasLivingMember(pid) : true;
}

/** @param {number} groupId */
function hasLivingMember(groupId) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .some((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        // pid (name) state parent group …; the name may hold spaces and brackets.
        const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return Number(group) === groupId && state !== 'Z' && state !== 'X';
      } catch {
        return false;
      }
    });
}
