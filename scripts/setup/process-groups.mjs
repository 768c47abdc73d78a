/**
 * Child processes in groups of their own. Whatever a child starts stays in its group, so one signal ends all of it. A
 * terminal's ctrl-C reaches this process only, which passes it on, waits, and kills what is left.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';

/** @type {Record<string, number>} */
const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };
const graceMs = 5000;
const isWindows = process.platform === 'win32';

/** Of each group that lives: its leader's process id, and what settles with the leader's exit status when the whole group has ended. */
/** @type {Map<number, Promise<number>>} */
const groups = new Map();
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
  if (child.pid !== undefined) groups.set(child.pid, endWithLeader(child, child.pid));
  return child;
}

/**
 * Members may outlive their leader (a crashed window leaves its engine processes): they end with it.
 * @param {import('node:child_process').ChildProcess} leader
 * @param {number} pid
 * @returns {Promise<number>} the leader's exit status, when the whole group has ended
 */
async function endWithLeader(leader, pid) {
  const [code, signal] = await once(leader, 'exit');
  await endMembers(pid, 'SIGTERM');
  groups.delete(pid);
  return code ?? 128 + (signalNumbers[signal] ?? 9);
}

/**
 * Runs a program to its end, in a group. Where a signal ends this process meanwhile, the promise stays open.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @param {(text: string) => unknown} onOutput
 * @returns {Promise<{ code: number, output: string }>} its exit status (128 + signal where one ended it) and what it printed, where that was piped
 */
export async function runGroup(command, args, options = {}, onOutput = () => {}) {
  const child = spawnGroup(command, args, options);
  const ended = groups.get(child.pid ?? 0);
  let output = '';
  /** @param {string} text */
  const keep = (text) => {
    output += text;
    onOutput(text);
  };
  child.stdout?.setEncoding('utf8').on('data', keep);
  child.stderr?.setEncoding('utf8').on('data', keep);
  await once(child, 'close');
  const code = (await ended) ?? 1;
  if (isEnding) await new Promise(() => {});
  return { code, output };
}

/**
 * Asks a group to end, and kills what is left of it after a moment.
 * @param {number | undefined} pid of the leader
 * @param {NodeJS.Signals} signal
 * @returns {Promise<number>} the leader's exit status
 */
export async function endGroup(pid, signal = 'SIGTERM') {
  const ended = groups.get(pid ?? 0);
  if (pid === undefined || ended === undefined) return 0;
  await endMembers(pid, signal);
  return ended;
}

/** The exit status of this process after ctrl-C: by default 128 + signal. */
/** @type {(signal: string, statuses: number[]) => number} */
let statusAfter = (signal) => 128 + (signalNumbers[signal] ?? 0);

/** For a program that is normally ended by ctrl-C. */
export function exitWithZeroAtInterrupt() {
  statusAfter = () => 0;
}

/** For a process that only stands in for its child. */
export function exitLikeChildAtInterrupt() {
  statusAfter = (_signal, statuses) => statuses[0] ?? 1;
}

let passesSignalsOn = false;
function passSignalsOn() {
  if (passesSignalsOn) return;
  passesSignalsOn = true;
  for (const signal of /** @type {NodeJS.Signals[]} */ (Object.keys(signalNumbers))) {
    process.on(signal, () => {
      if (isEnding) {
        // Asked twice: no more patience.
        for (const pid of groups.keys()) signalGroup(pid, 'SIGKILL');
        return;
      }
      isEnding = true;
      void Promise.all([...groups.keys()].map((pid) => endGroup(pid, signal))).then((statuses) =>
        process.exit(statusAfter(signal, statuses)),
      );
    });
  }
}

/** @param {number} pid @param {NodeJS.Signals} signal */
async function endMembers(pid, signal) {
  if (!isGroupAlive(pid)) return;
  signalGroup(pid, signal);
  const deadlineMs = Date.now() + graceMs;
  while (isGroupAlive(pid)) {
    if (Date.now() > deadlineMs) {
      signalGroup(pid, 'SIGKILL');
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
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
