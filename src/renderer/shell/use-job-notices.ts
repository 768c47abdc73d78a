import { useEffect, useEffectEvent, useRef } from 'react';
import { isJobOver, type Job } from '#shared/job.ts';
import { notifications } from '@mantine/notifications';

/** Says when a job that was seen running ends, wherever the user is by then. A cancel was their own and says nothing. */
export function useJobNotices(jobs: readonly Job[] | undefined, onOpen: (jobId: string) => void): void {
  const unfinished = useRef(new Set<string>());
  const open = useEffectEvent(onOpen);
  useEffect(() => {
    for (const job of jobs ?? []) {
      if (!isJobOver(job)) unfinished.current.add(job.id);
      else if (unfinished.current.delete(job.id)) show(job, open);
    }
  }, [jobs]);
}

function show(job: Job, open: (jobId: string) => void): void {
  if (job.status === 'cancelled') return;
  const isDone = job.status === 'completed';
  notifications.show({
    title: isDone ? `${job.title}: done` : `${job.title}: ${job.status}`,
    message: job.error?.message ?? (isDone ? '' : 'It can be resumed from its log.'),
    color: isDone ? 'teal' : 'red',
    withBorder: true,
    autoClose: isDone ? 5000 : 15_000,
    onClick: () => open(job.id),
    style: { cursor: 'pointer' },
  });
}
