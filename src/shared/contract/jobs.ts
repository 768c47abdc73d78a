import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { jobLogLineSchema, jobSchema } from '../job.ts';
import { procedure } from './base.ts';

export const jobsContract = {
  /** Newest first, at most `limit`. */
  list: procedure
    .input(z.object({ limit: z.number().int().min(1).max(500).default(50) }).prefault({}))
    .output(z.array(jobSchema)),
  get: procedure.input(z.object({ id: z.string() })).output(jobSchema),
  log: procedure.input(z.object({ id: z.string() })).output(z.array(jobLogLineSchema)),
  /** Answers when the job has stopped, within a second. Cancelling a job that is over does nothing. */
  cancel: procedure.input(z.object({ id: z.string() })).output(jobSchema),
  /** The job now, then each change, until it is over. */
  watch: procedure.input(z.object({ id: z.string() })).output(eventIterator(jobSchema)),
  /** Starts an interrupted, failed or cancelled job again; an experiment goes on from its saved blocks. */
  resume: procedure.input(z.object({ id: z.string() })).output(jobSchema),
};
