/** Starts, watches, cancels and resumes jobs. What a job is doing is always in the store. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, type ErrorData, toErrorData } from '#shared/app-error.ts';
import { isJobOver, type Job, type JobKind } from '#shared/job.ts';
import type { Json } from '#shared/json.ts';
import type { ChangeFeed } from '../changes/change-feed.ts';
import type { StoredJob } from '../store/job-rows.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../log.ts';
import type { JobContext, JobHandlers } from './job-handler.ts';
import { createMachineQueue } from './machine-queue.ts';
import { createProgressWriter } from './progress-writer.ts';

export type JobRunner = {
  /** `prepare` runs in the same transaction, with the job's id. */
  start: (job: { kind: JobKind; title: string; subject: Json; input: Json }, prepare?: (jobId: string) => void) => Job;
  get: (id: string) => Job;
  list: (limit: number) => Job[];
  cancel: (id: string) => Promise<Job>;
  resume: (id: string) => Job;
  watch: (id: string, signal?: AbortSignal) => AsyncGenerator<Job, void, void>;
  /** Whether no other process has the database open. */
  isAlone: () => boolean;
  close: () => Promise<void>;
};

const TURN_POLL_MS = 250;
const CANCEL_POLL_MS = 150;
/** How long another process may take to notice a cancel before the caller gets the job as it is. */
const FOREIGN_CANCEL_LIMIT_MS = 10_000;

type Running = { controller: AbortController; done: Promise<void> };

export function createJobRunner(options: {
  store: Store;
  changes: ChangeFeed;
  handlers: JobHandlers;
  log: Log;
}): JobRunner {
  const { store, changes, handlers, log } = options;
  const running = new Map<string, Running>();
  let isClosing = false;
  const queue = createMachineQueue({
    store,
    onInterrupted: (job, error) => handlers[job.kind]?.onStopped?.(job, 'interrupted', error),
  });
  queue.sweep();

  const requireJob = (id: string): StoredJob => {
    const job = store.jobs.get(id);
    if (job === null) throw new AppError('not-found', `There is no job ${id}.`);
    return job;
  };

  const end = (job: StoredJob, status: 'completed' | 'failed' | 'cancelled' | 'interrupted', outcome: Outcome): void =>
    store.transaction(() => {
      store.jobs.saveEnd(job.id, {
        status,
        message: endMessages[status],
        error: outcome.error,
        result: outcome.result,
        progress: status === 'completed' ? 1 : (store.jobs.get(job.id)?.progress ?? null),
        endedAtMs: Date.now(),
      });
      queue.release(job.id);
      if (status !== 'completed') handlers[job.kind]?.onStopped?.(job, status, outcome.error);
    });

  const execute = async (job: StoredJob, controller: AbortController): Promise<void> => {
    const { signal } = controller;
    const handler = handlers[job.kind];
    const progress = createProgressWriter((fraction, message) => store.jobs.saveProgress(job.id, fraction, message));
    const context: JobContext = {
      jobId: job.id,
      signal,
      report: progress.report,
      log: (level, text) => store.jobs.addLogLine(job.id, { atMs: Date.now(), level, text }),
    };
    try {
      if (!handler) throw new AppError('unsupported', `This Whittle cannot run jobs of kind ${job.kind}.`);
      if (handler.needsMachine) await waitForTurn(job, context);
      signal.throwIfAborted();
      store.jobs.saveStart(job.id, 'Starting', Date.now());
      const result = await handler.run(job.input, context);
      progress.stop();
      end(job, 'completed', { result, error: null });
    } catch (error) {
      progress.stop();
      if (isClosing && signal.aborted) {
        const message = 'Whittle was closed before this job was done. What was saved is kept; resume it to go on.';
        end(job, 'interrupted', { result: null, error: { kind: 'internal', message } });
      } else if (signal.aborted) {
        end(job, 'cancelled', { result: null, error: null });
      } else {
        const data = toErrorData(error);
        if (!(error instanceof AppError))
          log.error(`Job ${job.id} (${job.kind}) failed unexpectedly: ${stackOf(error)}`);
        context.log('error', data.message);
        end(job, data.kind === 'cancelled' ? 'cancelled' : 'failed', { result: null, error: data });
      }
    }
  };

  const waitForTurn = async (job: StoredJob, context: JobContext): Promise<void> => {
    let said = '';
    for (;;) {
      context.signal.throwIfAborted();
      const turn = queue.tryTake(job);
      if (turn.isTaken) return;
      const owner = turn.waitsFor.instanceId === queue.instanceId ? '' : ', which another Whittle process runs';
      const message = `Waiting for “${turn.waitsFor.title}”${owner}: one job at a time has the machine`;
      if (message !== said) {
        context.report(null, message);
        context.log('info', message);
        said = message;
      }
      await sleep(TURN_POLL_MS, undefined, { signal: context.signal });
    }
  };

  const launch = (job: StoredJob): void => {
    const controller = new AbortController();
    const done = execute(job, controller)
      .catch((error: unknown) => log.error(`Job ${job.id} could not be ended properly: ${stackOf(error)}`))
      .finally(() => running.delete(job.id));
    running.set(job.id, { controller, done });
  };

  /** Cancels that another process asked for. */
  const cancelPoll = setInterval(() => {
    for (const [id, { controller }] of running) if (store.jobs.get(id)?.isCancelRequested) controller.abort();
  }, CANCEL_POLL_MS).unref();

  return {
    start(request, prepare) {
      if (isClosing) throw new AppError('conflict', 'Whittle is closing and starts nothing new.');
      const handler = handlers[request.kind];
      const nowMs = Date.now();
      const job: StoredJob = {
        ...request,
        id: randomUUID(),
        status: 'queued',
        progress: null,
        message: 'Waiting to start',
        error: null,
        result: null,
        instanceId: queue.instanceId,
        needsMachine: handler?.needsMachine ?? false,
        isCancelRequested: false,
        createdAtMs: nowMs,
        queuedAtMs: nowMs,
        startedAtMs: null,
        endedAtMs: null,
      };
      store.transaction(() => {
        store.jobs.add(job);
        prepare?.(job.id);
      });
      launch(job);
      return toJob(job);
    },
    get: (id) => toJob(requireJob(id)),
    list: (limit) => store.jobs.list(limit).map(toJob),
    async cancel(id) {
      const job = requireJob(id);
      if (isJobOver(job)) return toJob(job);
      const own = running.get(id);
      if (own) {
        own.controller.abort();
        await own.done;
        return toJob(requireJob(id));
      }
      store.jobs.requestCancel(id);
      const deadlineMs = Date.now() + FOREIGN_CANCEL_LIMIT_MS;
      while (Date.now() < deadlineMs) {
        if (!queue.isInstanceAlive(job.instanceId)) queue.sweep();
        const current = requireJob(id);
        if (isJobOver(current)) return toJob(current);
        await sleep(CANCEL_POLL_MS);
      }
      return toJob(requireJob(id));
    },
    resume(id) {
      const job = requireJob(id);
      if (!isJobOver(job)) throw new AppError('conflict', `The job “${job.title}” is still ${job.status}.`);
      if (job.status === 'completed') throw new AppError('conflict', `The job “${job.title}” is already completed.`);
      store.transaction(() => {
        if (!store.jobs.requeue(id, queue.instanceId, 'Waiting to start again', Date.now())) {
          throw new AppError('conflict', `The job “${job.title}” was started again elsewhere.`);
        }
        store.jobs.addLogLine(id, { atMs: Date.now(), level: 'info', text: 'Started again' });
        handlers[job.kind]?.onRequeued?.(job);
      });
      const requeued = requireJob(id);
      launch(requeued);
      return toJob(requeued);
    },
    async *watch(id, signal) {
      const over = new AbortController();
      const feed = changes.iterate(signal ? AbortSignal.any([signal, over.signal]) : over.signal);
      // The subscription begins with the first step, so that no change between reading and waiting is missed.
      let next = feed.next();
      try {
        let last = '';
        for (;;) {
          const job = toJob(requireJob(id));
          const text = JSON.stringify(job);
          if (text !== last) yield job;
          last = text;
          if (isJobOver(job)) return;
          const step = await next;
          if (step.done) return;
          next = feed.next();
        }
      } finally {
        over.abort();
      }
    },
    isAlone: queue.isAlone,
    async close() {
      isClosing = true;
      clearInterval(cancelPoll);
      for (const { controller } of running.values()) controller.abort();
      await Promise.all([...running.values()].map(({ done }) => done));
      queue.close();
    },
  };
}

type Outcome = { result: Json; error: ErrorData | null };

const endMessages = { completed: 'Done', failed: 'Failed', cancelled: 'Cancelled', interrupted: 'Interrupted' };

function toJob(job: StoredJob): Job {
  const {
    input: _,
    instanceId: _instance,
    needsMachine: _needs,
    isCancelRequested: _cancel,
    queuedAtMs: _queued,
    ...rest
  } = job;
  return rest;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
