import { z } from 'zod';
import type { Job } from '#shared/job.ts';
import { variantMadeBy } from '../views/library/model-jobs.ts';
import { variantAddress } from '../views/library/variant-text.ts';

const measuredSchema = z.object({ experimentId: z.string() });
const subjectSchema = z.object({ modelId: z.string() });

/** Where that is shown which a completed job measured or made; null for anything else. */
export function outcomeAddress(job: Pick<Job, 'kind' | 'status' | 'result' | 'subject'>): string | null {
  if (job.status !== 'completed') return null;
  if (job.kind === 'experiment') {
    const measured = measuredSchema.safeParse(job.result).data;
    return measured === undefined ? null : `/results/${measured.experimentId}`;
  }
  const made = variantMadeBy(job);
  const subject = subjectSchema.safeParse(job.subject).data;
  return made === null || subject === undefined ? null : variantAddress(subject.modelId, made.variantId);
}
