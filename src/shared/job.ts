import { z } from 'zod';
import { errorDataSchema } from './app-error.ts';
import { jsonSchema } from './json.ts';

export const jobKindSchema = z.enum(['compress', 'experiment', 'evaluate', 'probe', 'import', 'report', 'download']);
export type JobKind = z.infer<typeof jobKindSchema>;

/** `interrupted`: its process died; it can be started again and what it saved is kept. */
export const jobStatusSchema = z.enum(['queued', 'running', 'completed', 'failed', 'cancelled', 'interrupted']);
export type JobStatus = z.infer<typeof jobStatusSchema>;

export const jobSchema = z.object({
  id: z.string(),
  kind: jobKindSchema,
  title: z.string(),
  status: jobStatusSchema,
  /** 0..1; null while it cannot be told. */
  progress: z.number().nullable(),
  /** What it is doing now. */
  message: z.string(),
  error: errorDataSchema.nullable(),
  /** What came of it: `{ experimentId }`, `{ variantId }`, `{ qualityIds }`, `{ reportId }`. */
  result: jsonSchema,
  /** What it works on, set when it starts: `{ experimentId }`, `{ modelId }`, … */
  subject: jsonSchema,
  createdAtMs: z.number(),
  startedAtMs: z.number().nullable(),
  endedAtMs: z.number().nullable(),
});
export type Job = z.infer<typeof jobSchema>;

export const jobLogLineSchema = z.object({
  atMs: z.number(),
  level: z.enum(['info', 'warning', 'error']),
  text: z.string(),
});
export type JobLogLine = z.infer<typeof jobLogLineSchema>;

export function isJobOver(job: Pick<Job, 'status'>): boolean {
  return job.status !== 'queued' && job.status !== 'running';
}
