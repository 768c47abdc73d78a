/** Waits for a job with its progress; ctrl-C cancels it. */
import { AppError, fromErrorData } from '#shared/app-error.ts';
import { isJobOver, type Job } from '#shared/job.ts';
import type { WorkbenchClient } from '#workbench/local-client.ts';
import type { Progress } from './progress.ts';

/**
 * @returns the completed job
 * Errors: the job's own; `cancelled`, with what is kept in `options.kept`.
 */
export async function followJob(
  client: WorkbenchClient,
  jobId: string,
  options: { progress: Progress; interrupted: AbortSignal; kept?: string },
): Promise<Job> {
  const { progress, interrupted } = options;
  const cancel = (): void => {
    progress.report(null, 'Cancelling');
    void client.jobs.cancel({ id: jobId });
  };
  if (interrupted.aborted) cancel();
  interrupted.addEventListener('abort', cancel, { once: true });
  try {
    for await (const job of await client.jobs.watch({ id: jobId })) {
      if (!isJobOver(job) && !interrupted.aborted) progress.report(job.progress, job.message);
    }
  } finally {
    interrupted.removeEventListener('abort', cancel);
    progress.clear();
  }
  const job = await client.jobs.get({ id: jobId });
  if (job.status === 'completed') return job;
  if (job.status === 'cancelled')
    throw new AppError('cancelled', `Cancelled. ${options.kept ?? 'Nothing was changed.'}`);
  throw job.error ? fromErrorData(job.error) : new AppError('internal', `The job “${job.title}” is ${job.status}.`);
}
