/** Several sessions of one case in one process, each on a thread of its own, and the requests that they share. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { AppError, type ErrorData, fromErrorData } from '#shared/app-error.ts';
import type { EngineParams, EngineProgress, EngineResult } from '#shared/engine-protocol.ts';
import { judgeLateShare, type LateShareRule, planLooks } from '#shared/statistics/late-share.ts';
import { readMemory } from '../runtime/read-memory.ts';
import { clockMs } from './clock.ts';
import type { ThreadData, ThreadReply, ThreadRequest } from './instance-thread.ts';
import {
  answeredCount,
  answeredInOrder,
  createRequestBoard,
  isStopped,
  type RequestBoard,
  stopBoard,
} from './request-board.ts';

/** Without what the process used, which is more than its instances. */
type Served = Omit<EngineResult<'instances.serve'>, 'usage'>;

export type Instances = {
  serve: (params: EngineParams<'instances.serve'>, onProgress: (progress: EngineProgress) => void) => Promise<Served>;
};

type Thread = { send: (request: ThreadRequest) => Promise<void> };

/** All threads are told before it is over. */
const START_DELAY_MS = 20;
/** How often this thread wakes up while the others work. */
const WATCH_MS = 50;
const PROGRESS_MS = 1000;

/**
 * @param programPath this program, which a thread runs again
 * Errors: those of loading.
 */
export async function loadInstances(
  params: EngineParams<'instances.load'>,
  { programPath }: { programPath: string },
): Promise<{ instances: Instances; result: EngineResult<'instances.load'> }> {
  const { instanceCount, ...about } = params;
  const threads: Thread[] = [];
  let loadMs = 0;
  let warnings: EngineResult<'instances.load'>['warnings'] = [];
  // One after another: the memory that loading takes besides is then taken once.
  for (let instance = 0; instance < instanceCount; instance += 1) {
    const started = await startThread({ ...about, instance }, programPath);
    threads.push(started.thread);
    loadMs += started.loadMs;
    warnings = started.warnings;
  }
  const instances: Instances = {
    serve: ({ arrivalsMs, limitMs, stop }, onProgress) =>
      serveAll(threads, createRequestBoard(arrivalsMs), { limitMs, stop, onProgress }),
  };
  return { instances, result: { loadMs, warnings, memory: readMemory() } };
}

async function serveAll(
  threads: readonly Thread[],
  board: RequestBoard,
  about: Pick<EngineParams<'instances.serve'>, 'limitMs' | 'stop'> & { onProgress: (progress: EngineProgress) => void },
): Promise<Served> {
  const startMs = clockMs() + START_DELAY_MS;
  const startedAtMs = Date.now() + START_DELAY_MS;
  const served = Promise.all(threads.map(({ send }) => send({ board, startMs }))).then(() => true);
  const looks = about.stop === null ? [] : planLooks(about.stop.plannedCount);
  let nextProgressMs = startMs + PROGRESS_MS;
  let answeredBefore = 0;
  let decidedAt: number | null = null;
  while (!(await Promise.race([served, sleep(WATCH_MS, false)]))) {
    const nowMs = clockMs();
    if (nowMs - startMs >= about.limitMs) stopBoard(board);
    const answered = answeredCount(board);
    if (decidedAt === null && about.stop !== null) decidedAt = findDecision(board, looks, about.stop);
    if (decidedAt !== null) stopBoard(board);
    // No sign of life of this thread, but of the others: one that hangs must be noticed.
    const isAlive = answered > answeredBefore || (board.arrivalsMs[answered] ?? 0) > nowMs - startMs;
    if (nowMs >= nextProgressMs && isAlive) {
      nextProgressMs = nowMs + PROGRESS_MS;
      answeredBefore = answered;
      about.onProgress({ fraction: answered / board.arrivalsMs.length, message: 'Serving requests' });
    }
  }
  // What was answered after it is not part of the decision.
  const count = decidedAt ?? answeredInOrder(board);
  return {
    startedAtMs,
    begunMs: board.begunMs.slice(0, count),
    endedMs: board.endedMs.slice(0, count),
    takenBy: board.takenBy.slice(0, count),
    isCutShort: isStopped(board) && count < board.arrivalsMs.length,
    peakBytes: readMemory().peakBytes,
  };
}

/**
 * Looks at the first so many requests for each look that is due, and takes it off the list.
 * @returns the number of requests that decided
 */
function findDecision(board: RequestBoard, looks: number[], stop: LateShareRule): number | null {
  while (looks[0] !== undefined && looks[0] <= answeredCount(board) && looks[0] <= answeredInOrder(board)) {
    const look = looks.shift() as number;
    const latenciesMs = board.endedMs
      .slice(0, look)
      .map((endedMs, index) => endedMs - (board.arrivalsMs[index] as number));
    if (judgeLateShare(latenciesMs, stop).verdict !== 'undecided') return look;
  }
  return null;
}

async function startThread(
  data: ThreadData,
  programPath: string,
): Promise<{ thread: Thread } & Omit<Extract<ThreadReply, { kind: 'ready' }>, 'kind'>> {
  // What is set for native libraries has to reach the environment of the process.
  const worker = new Worker(programPath, { workerData: data, env: SHARE_ENV });
  let waiting: { resolve: (reply: ThreadReply) => void; reject: (error: Error) => void } | null = null;
  let endedBy: Error | null = null;
  const fail = (error: ErrorData): void => waiting?.reject(fromErrorData(error));
  const end = (error: Error): void => {
    endedBy ??= error;
    waiting?.reject(endedBy);
  };
  worker.on('message', (reply: ThreadReply) => {
    if (reply.kind === 'error') fail(reply.error);
    else waiting?.resolve(reply);
  });
  worker.on('error', end);
  worker.on('exit', () =>
    end(new AppError('engine-crashed', `The thread of instance ${data.instance + 1} ended by itself.`)),
  );
  const nextReply = (): Promise<ThreadReply> =>
    new Promise((resolve, reject) => {
      // Nobody is told of an end twice: who asks later has to be told at once.
      if (endedBy === null) waiting = { resolve, reject };
      else reject(endedBy);
    });
  const ready = await nextReply();
  if (ready.kind !== 'ready') throw new Error('A thread answered before it was ready.');
  const send = async (request: ThreadRequest): Promise<void> => {
    const reply = nextReply();
    worker.postMessage(request);
    await reply;
  };
  return { thread: { send }, loadMs: ready.loadMs, warnings: ready.warnings };
}
