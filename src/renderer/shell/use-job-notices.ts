import { notifications } from '@mantine/notifications';
import { useEffect, useEffectEvent, useRef } from 'react';
import { useLocation } from 'wouter';
import { isJobOver, type Job } from '#shared/job.ts';
import { showNotice } from '../components/show-notice.ts';
import { outcomeAddress } from './outcome-address.ts';

/** Says when a job that was seen running ends, wherever the user is by then. A cancel was their own and says nothing. */
export function useJobNotices(jobs: readonly Job[] | undefined, onOpen: (jobId: string) => void): void {
  const unfinished = useRef(new Set<string>());
  const [, navigate] = useLocation();
  const open = useEffectEvent((job: Job) => {
    const address = outcomeAddress(job);
    if (address === null) onOpen(job.id);
    else navigate(address);
  });
  useEffect(() => {
    for (const job of jobs ?? []) {
      if (!isJobOver(job)) unfinished.current.add(job.id);
      else if (unfinished.current.delete(job.id)) show(job, open);
    }
  }, [jobs]);
}

function show(job: Job, open: (job: Job) => void): void {
  if (job.status === 'cancelled') return;
  const isDone = job.status === 'completed';
  showNotice({
    id: job.id,
    title: isDone ? `${job.title}: done` : `${job.title}: ${job.status}`,
    message: job.error?.message ?? doneText(job),
    color: isDone ? 'teal' : 'red',
    withBorder: true,
    autoClose: isDone ? 5000 : 15_000,
    onClick: () => {
      notifications.hide(job.id);
      open(job);
    },
    style: { cursor: 'pointer' },
  });
}

function doneText(job: Job): string {
  if (job.status !== 'completed') return 'It can be resumed from its log.';
  if (outcomeAddress(job) === null) return '';
  return job.kind === 'compress' ? 'Click here for what became of it.' : 'Click here for its results.';
}
