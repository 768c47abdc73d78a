import { expect, it } from 'vitest';
import { AppError, appErrorKindSchema } from '#shared/app-error.ts';
import { jobStatusSchema } from '#shared/job.ts';
import { compareValues } from './compare-values.ts';
import { errorTitle, explainError } from './error-text.ts';
import { jobDurationText, jobProgressText, jobStatusWord } from './job-text.ts';

it.each([
  [new AppError('not-found', 'There is no model x.'), 'not-found', 'There is no model x.'],
  [{ kind: 'conflict', message: 'It runs already.' }, 'conflict', 'It runs already.'],
  [
    Object.assign(new Error('refused'), { code: 'APP_ERROR', data: { kind: 'unsupported', message: 'Not here.' } }),
    'unsupported',
    'Not here.',
  ],
  [new Error('plain'), 'internal', 'plain'],
  [undefined, 'internal', 'Something went wrong, and nothing says what.'],
])('explains %s', (error, kind, message) => expect(explainError(error)).toEqual({ kind, message }));

it('has a title for each kind of error and a word for each state of a job', () => {
  for (const kind of appErrorKindSchema.options) expect(errorTitle(kind)).not.toBe('');
  const words = jobStatusSchema.options.map((status) => jobStatusWord(status).word);
  expect(new Set(words).size).toBe(jobStatusSchema.options.length);
});

it.each([
  [{ status: 'running', progress: 0.254, message: 'Block 3 of 12' }, 'Block 3 of 12 · 25 %'],
  [{ status: 'running', progress: null, message: 'Loading' }, 'Loading'],
  [{ status: 'queued', progress: 0.5, message: '' }, 'Waiting'],
] as const)('says how far a job is', (job, text) => expect(jobProgressText(job)).toBe(text));

it('says how long a job has taken so far, and took', () => {
  expect(jobDurationText({ startedAtMs: null, endedAtMs: null }, 9000)).toBeNull();
  expect(jobDurationText({ startedAtMs: 1000, endedAtMs: null }, 9000)).toBe('8 s');
  expect(jobDurationText({ startedAtMs: 1000, endedAtMs: 3000 }, 9000)).toBe('2 s');
});

it('sorts numbers by size, words as people do, and what is not known last', () => {
  expect([3, null, 1, 20].toSorted(compareValues)).toEqual([1, 3, 20, null]);
  expect(['v10', 'V2', null, 'a'].toSorted(compareValues)).toEqual(['a', 'V2', 'v10', null]);
});
