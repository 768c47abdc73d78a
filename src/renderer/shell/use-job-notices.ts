import { useEffect, useEffectEvent, useRef } from 'react';
import { useLocation } from 'wouter';
import { z } from 'zod';
import { isJobOver, type Job } from '#shared/job.ts';
import { showNotice } from '../components/show-notice.ts';

const measuredSchema = z.object({ experimentId: z.string() });

/** Says when a job that was seen running ends, wherever the user is by then. A cancel was their own and says nothing. */
export function useJobNotices(jobs: readonly Job[] | undefined, onOpen: (jobId: string) => void): void {
  const unfinished = useRef(new Set<string>());
  const [, navigate] = useLocation();
  const open = useEffectEvent((job: Job) => {
    const experimentId = measuredBy(job);
    if (experimentId === null) onOpen(job.id);
    else navigate(`/results/${experimentId}`);
  });
  useEffect(() => {
    for (const job of jobs ?? []) {
      if (!isJobOver(job)) unfinished.current.add(job.id);
      else if (unfinished.current.delete(job.id)) show(job, open);
    }
  }, [jobs]);
}

/** The experiment that a completed job measured; null for anything else. */
function measuredBy(job: Job): string | null {
  if (job.kind !== 'experiment' || job.status !== 'completed') return null;
  return measuredSchema.safeParse(job.result).data?.experimentId ?? null;
}

function show(job: Job, open: (job: Job) => void): void {
  if (job.status === 'cancelled') return;
  const isDone = job.status === 'completed';
  showNotice({
    title: isDone ? `${job.title}: done` : `${job.title}: ${job.status}`,
    message: job.error?.message ?? doneText(job),
    color: isDone ? 'teal' : 'red',
    withBorder: true,
    autoClose: isDone ? 5000 : 15_000,
    onClick: () => open(job),
    style: { cursor: 'pointer' },
  });
}

function doneText(job: Job): string {
  if (job.status !== 'completed') return 'It can be resumed from its log.';
  return measuredBy(job) === null ? '' : 'Click here for its results.';
}
