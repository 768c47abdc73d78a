/**
 * The engine process: answers the workbench over Node's IPC channel until the channel closes. Started again as a thread of itself,
 * the same program holds one instance of a model.
 */
import { isMainThread } from 'node:worker_threads';
import type { EngineReply, EngineRequest } from '#shared/engine-protocol.ts';
import { createMethods } from './methods.ts';
import { createRequestServer } from './serve-requests.ts';

const EXIT_UNCAUGHT = 1;
const EXIT_WRONG_USAGE = 2;

if (isMainThread) {
  serveWorkbench();
} else {
  const { runInstance } = await import('./instances/instance-thread.ts');
  await runInstance(import.meta.filename);
}

function serveWorkbench(): void {
  if (process.send === undefined) {
    process.stderr.write('This program is a part of Whittle and is started by it. Run “whittle --help” instead.\n');
    process.exit(EXIT_WRONG_USAGE);
  }

  const report = (text: string): void => void process.stderr.write(`${text}\n`);
  // A closed channel is seen as `disconnect`.
  const send = (reply: EngineReply, done?: () => void): void => {
    process.send?.(reply, undefined, undefined, () => done?.());
  };
  const methods = createMethods({ programPath: import.meta.filename });
  const server = createRequestServer({ methods, send, report });

  process.on('message', (message) => void server.handle(message as EngineRequest));
  process.on('disconnect', () => process.exit(0));
  // Ctrl-C reaches the whole group of a terminal. The workbench decides what ends when, and closes the channel at its own end.
  process.on('SIGINT', () => {});
  process.on('uncaughtException', (error) => {
    report(error.stack ?? error.message);
    server.abandon(error, () => process.exit(EXIT_UNCAUGHT));
  });

  send({ kind: 'ready' });
}
