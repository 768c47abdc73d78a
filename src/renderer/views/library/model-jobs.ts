/** Which jobs concern a model. */
import { z } from 'zod';
import type { Job } from '#shared/job.ts';
import type { Model } from '#shared/model.ts';

const subjectSchema = z.object({
  modelId: z.string().optional(),
  variantId: z.string().optional(),
  variantIds: z.array(z.string()).optional(),
});
const madeSchema = z.object({ variantId: z.string(), isNew: z.boolean() });

/** Its compressing and evaluating jobs; newest first, as the list is. */
export function jobsOfModel(jobs: readonly Job[], model: Model): Job[] {
  const variantIds = new Set(model.variants.map(({ id }) => id));
  return jobs.filter((job) => {
    if (job.kind !== 'compress' && job.kind !== 'evaluate') return false;
    const subject = subjectSchema.safeParse(job.subject).data;
    return subject?.modelId === model.id || (subject?.variantIds ?? []).some((id) => variantIds.has(id));
  });
}

/** The variant that a completed compression made; null for anything else. */
export function variantMadeBy(
  job: Pick<Job, 'kind' | 'status' | 'result'>,
): { variantId: string; isNew: boolean } | null {
  if (job.kind !== 'compress' || job.status !== 'completed') return null;
  return madeSchema.safeParse(job.result).data ?? null;
}
