/**
 * One job at a time has the machine, across all processes that have the database open, in the order of the queue. The lease
 * is a row; a lease, and a job, whose process is gone are recognised by looking at the process.
 */
import { randomUUID } from 'node:crypto';
import type { ErrorData } from '#shared/app-error.ts';
import { isJobOver } from '#shared/job.ts';
import type { StoredJob } from '../store/job-rows.ts';
import type { Store } from '../store/store.ts';
import { identifyProcess, isInstanceAlive } from './process-identity.ts';

export type MachineQueue = {
  instanceId: string;
  /** Takes the lease, or says which job is before this one. */
  tryTake: (job: StoredJob) => { isTaken: true } | { isTaken: false; waitsFor: StoredJob };
  release: (jobId: string) => void;
  /** Marks the jobs of dead processes as interrupted. */
  sweep: () => void;
  isInstanceAlive: (instanceId: string) => boolean;
  /** Whether no other process has the database open. */
  isAlone: () => boolean;
  close: () => void;
};

const HEARTBEAT_MS = 5000;

export function createMachineQueue(options: {
  store: Store;
  onInterrupted: (job: StoredJob, error: ErrorData) => void;
}): MachineQueue {
  const { store } = options;
  const instanceId = randomUUID();
  store.instances.add({ id: instanceId, ...identifyProcess(process.pid), heartbeatAtMs: Date.now() });

  const isAlive = (id: string): boolean => {
    const instance = store.instances.list().find((candidate) => candidate.id === id);
    return instance !== undefined && isInstanceAlive(instance, Date.now());
  };

  const sweep = (): void =>
    store.transaction(() => {
      const instances = store.instances.list();
      const dead = instances.filter((instance) => instance.id !== instanceId && !isInstanceAlive(instance, Date.now()));
      for (const instance of dead) store.instances.remove(instance.id);
      const living = new Set(instances.filter((instance) => !dead.includes(instance)).map((instance) => instance.id));
      for (const job of store.jobs.listNotOver().filter((candidate) => !living.has(candidate.instanceId))) {
        const error: ErrorData = {
          kind: 'internal',
          message:
            'The Whittle process that ran this job ended before it was done. What was saved is kept; resume it to go on.',
        };
        store.jobs.saveEnd(job.id, {
          status: 'interrupted',
          message: 'Interrupted',
          error,
          result: job.result,
          progress: job.progress,
          endedAtMs: Date.now(),
        });
        options.onInterrupted(job, error);
      }
      const lease = store.instances.lease();
      if (lease === null) return;
      const leaseJob = store.jobs.get(lease.jobId);
      if (!living.has(lease.instanceId) || leaseJob === null || isJobOver(leaseJob))
        store.instances.dropLease(lease.jobId);
    });

  const heartbeat = setInterval(() => {
    store.instances.beat(instanceId, Date.now());
    if (hasDeadInstance()) sweep();
  }, HEARTBEAT_MS).unref();

  const hasDeadInstance = (): boolean =>
    store.instances.list().some((instance) => instance.id !== instanceId && !isInstanceAlive(instance, Date.now()));

  return {
    instanceId,
    sweep,
    isInstanceAlive: isAlive,
    isAlone: () => store.instances.list().every(({ id }) => id === instanceId || !isAlive(id)),
    tryTake: (job) =>
      store.transaction(() => {
        sweep();
        const lease = store.instances.lease();
        const holder = lease === null ? null : store.jobs.get(lease.jobId);
        if (holder !== null && holder.id !== job.id) return { isTaken: false, waitsFor: holder };
        const first = store.jobs
          .listNotOver()
          .find((candidate) => candidate.needsMachine && candidate.status === 'queued');
        if (first !== undefined && first.id !== job.id) return { isTaken: false, waitsFor: first };
        if (lease === null) store.instances.takeLease({ instanceId, jobId: job.id, acquiredAtMs: Date.now() });
        return { isTaken: true };
      }),
    release: (jobId) => store.instances.dropLease(jobId),
    close() {
      clearInterval(heartbeat);
      store.instances.remove(instanceId);
    },
  };
}
