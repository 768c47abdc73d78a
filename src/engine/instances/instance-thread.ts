/** A thread with a session of its own. It is this program again, started as a worker of the engine process. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { type ErrorData, toErrorData } from '#shared/app-error.ts';
import type { EngineParams } from '#shared/engine-protocol.ts';
import type { RunWarning } from '#shared/run.ts';
import { readFileChunks } from '../datasets/read-file-chunks.ts';
import { firstArrays } from '../inputs/first-arrays.ts';
import { withTablesOf } from '../inputs/with-tables-of.ts';
import { openInterface } from '../interfaces/open-interface.ts';
import { ONE_RUN } from '../interfaces/timed-session.ts';
import { explainRunError } from '../runtime/runtime-error.ts';
import { clockMs } from './clock.ts';
import { type RequestBoard, sleepOnBoard, stopBoard } from './request-board.ts';
import { serveLoop } from './serve-loop.ts';

export type ThreadData = Omit<EngineParams<'instances.load'>, 'instanceCount'> & { instance: number };

/** `startMs` on the clock that all threads of the process share. */
export type ThreadRequest = { board: RequestBoard; startMs: number };

export type ThreadReply =
  | { kind: 'ready'; loadMs: number; warnings: RunWarning[] }
  | { kind: 'served' }
  | { kind: 'error'; error: ErrorData };

/** Loads the session that `workerData` names, and answers until the thread is ended; `programPath` is that of the engine. */
export async function runInstance(programPath: string): Promise<void> {
  const port = parentPort as MessagePort;
  const { instance, path, provider, settings, inputs, runtimeInterface = 'javascript' } = workerData as ThreadData;
  const reply = (message: ThreadReply): void => port.postMessage(message);
  try {
    const opened = await openInterface(runtimeInterface, programPath);
    const { session, loadMs } = await opened.createSession(path, { provider, settings });
    const about = { slots: await withTablesOf(path, session.slots), read: readFileChunks };
    const { arrays, warnings } = await firstArrays(about, settings, inputs);
    session.feed(arrays);
    const run = (): Promise<unknown> => session.timeRuns(ONE_RUN);
    await run();
    const serve = async ({ board, startMs }: ThreadRequest): Promise<void> => {
      const about = { instance, run, now: () => clockMs() - startMs, sleep: (ms: number) => sleepOnBoard(board, ms) };
      try {
        await serveLoop(board, about);
        reply({ kind: 'served' });
      } catch (error) {
        stopBoard(board);
        reply({ kind: 'error', error: toErrorData(explainRunError(error, provider)) });
      }
    };
    port.on('message', (request: ThreadRequest) => void serve(request));
    reply({ kind: 'ready', loadMs, warnings: [...opened.warnings, ...warnings] });
  } catch (error) {
    reply({ kind: 'error', error: toErrorData(explainRunError(error, provider)) });
  }
}
