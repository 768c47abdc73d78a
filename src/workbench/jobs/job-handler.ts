import type { ErrorData } from '#shared/app-error.ts';
import type { JobKind, JobLogLine } from '#shared/job.ts';
import type { Json } from '#shared/json.ts';
import type { StoredJob } from '../store/job-rows.ts';

export type JobContext = {
  jobId: string;
  /** Aborts on cancel and when the workbench closes. */
  signal: AbortSignal;
  /** `progress` is 0..1, or null while it cannot be told. Cheap to call often. */
  report: (progress: number | null, message: string) => void;
  log: (level: JobLogLine['level'], text: string) => void;
};

/** How one kind of job is done. */
export type JobHandler = {
  /** Whether it must have the machine to itself: it measures, or would disturb what measures. */
  needsMachine: boolean;
  /** @returns the job's result */
  run: (input: Json, context: JobContext) => Promise<Json>;
  /** Called with the write that queues the job again. */
  onRequeued?: (job: StoredJob) => void;
  /** Called with the write that ends the job other than by completing it, in whatever process that happens. */
  onStopped?: (job: StoredJob, status: 'failed' | 'cancelled' | 'interrupted', error: ErrorData | null) => void;
};

/** A kind without a handler is never started. */
export type JobHandlers = Partial<Record<JobKind, JobHandler>>;
