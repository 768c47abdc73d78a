import type { ChildProcess } from 'node:child_process';
import type { EngineReply } from '#shared/engine-protocol.ts';
import type { EngineChannel } from './engine-channel.ts';
import { type EngineExit, explainExit } from './exit-reason.ts';

const STDERR_KEPT_CHARACTERS = 8192;
/** A reply may still lie in the channel when the exit is seen, and the last words in stderr. */
const EXIT_GRACE_MS = 250;
/** The channel of a process that died closes before its exit is seen, which alone tells why it died. */
const CLOSED_GRACE_MS = 1000;

/** The channel to a forked child, over Node's IPC. */
export function childChannel(child: ChildProcess): EngineChannel {
  let stderrTail = '';
  let closedItsChannel = false;
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (text: string) => {
    stderrTail = (stderrTail + text).slice(-STDERR_KEPT_CHARACTERS);
  });
  // Native libraries may print on standard output; that of ours carries JSON documents. Read, so that it never fills up.
  child.stdout?.resume();

  const exited = new Promise<EngineExit>((resolve) => {
    child.once('error', (error) => {
      stderrTail += `\n${error.message}`;
      // `exit` never comes for a process that could not be started.
      if (child.pid === undefined) resolve({ code: null, signal: null, closedItsChannel });
    });
    child.once('exit', (code, signal) => {
      const timer = setTimeout(() => resolve({ code, signal, closedItsChannel }), EXIT_GRACE_MS);
      child.once('close', () => {
        clearTimeout(timer);
        resolve({ code, signal, closedItsChannel });
      });
    });
  });
  child.once('disconnect', () => {
    const timer = setTimeout(() => {
      // Where this process was too busy to look, an exit may lie ready: timers come before it.
      setImmediate(() => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        // Alive, it can never answer again.
        closedItsChannel = true;
        child.kill('SIGKILL');
      });
    }, CLOSED_GRACE_MS);
    child.once('exit', () => clearTimeout(timer));
  });

  return {
    name: 'The engine process',
    pid: child.pid,
    send: (request) => void child.send(request, () => {}),
    onReply: (listener) => void child.on('message', (message) => listener(message as EngineReply)),
    kill: () => void child.kill('SIGKILL'),
    gone: exited.then((exit) => (activity) => explainExit(exit, activity, stderrTail)),
  };
}
