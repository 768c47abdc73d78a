import { expect, it } from 'vitest';
import type { Job } from '#shared/job.ts';
import type { Model } from '#shared/model.ts';
import { jobsOfModel, variantMadeBy } from './model-jobs.ts';

const model = { id: 'm', variants: [{ id: 'm' }, { id: 'v' }] } as unknown as Model;

function job(about: Partial<Job>): Job {
  return {
    id: 'j',
    kind: 'compress',
    title: '',
    status: 'running',
    progress: null,
    message: '',
    error: null,
    result: null,
    subject: null,
    createdAtMs: 0,
    startedAtMs: null,
    endedAtMs: null,
    ...about,
  };
}

it('finds the jobs that compress or evaluate a variant of the model', () => {
  const jobs = [
    job({ id: 'compresses it', subject: { modelId: 'm', variantId: 'v' } }),
    job({ id: 'compresses another', subject: { modelId: 'x', variantId: 'y' } }),
    job({ id: 'evaluates it', kind: 'evaluate', subject: { variantIds: ['x', 'v'] } }),
    job({ id: 'measures it', kind: 'experiment', subject: { modelId: 'm' } }),
    job({ id: 'says nothing' }),
  ];
  expect(jobsOfModel(jobs, model).map(({ id }) => id)).toEqual(['compresses it', 'evaluates it']);
});

it('knows the variant of a completed compression only', () => {
  const result = { variantId: 'v', isNew: true };
  expect(variantMadeBy(job({ status: 'completed', result }))).toEqual(result);
  expect(variantMadeBy(job({ status: 'running', result }))).toBeNull();
  expect(variantMadeBy(job({ status: 'completed', kind: 'evaluate', result }))).toBeNull();
});
