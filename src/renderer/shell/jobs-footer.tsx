import { ActionIcon, Group, Text, Tooltip, UnstyledButton } from '@mantine/core';
import { IconListDetails, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { isJobOver, type Job } from '#shared/job.ts';
import { countText } from '#shared/text/number-text.ts';
import { orpc } from '../api/client.ts';
import { useCancelJob } from '../api/use-job.ts';
import { JobBar } from '../components/job-progress.tsx';
import { jobProgressText } from '../components/job-text.ts';
import { JobsDrawer } from './jobs-drawer.tsx';
import classes from './jobs-footer.module.css';
import { useJobNotices } from './use-job-notices.ts';

/** What is running now, and the way to every job and its log. */
export function JobsFooter() {
  const jobs = useQuery(orpc.jobs.list.queryOptions({ input: { limit: 50 } }));
  const info = useQuery(orpc.application.info.queryOptions());
  const [openedJobId, setOpenedJobId] = useState<string | null>(null);
  const [isOpen, setIsOpen] = useState(false);
  const unfinished = (jobs.data ?? []).filter((job) => !isJobOver(job));
  // Newest first in the list; the one that has the machine is what matters.
  const current = unfinished.findLast((job) => job.status === 'running') ?? unfinished.at(-1);
  const open = (id: string | null): void => {
    setOpenedJobId(id);
    setIsOpen(true);
  };
  useJobNotices(jobs.data, open);

  return (
    <>
      <Group h="100%" px="sm" gap="md" justify="space-between" wrap="nowrap">
        {current === undefined ? (
          <Text size="xs" c="dimmed">
            Nothing is running
          </Text>
        ) : (
          <CurrentJob job={current} onOpen={() => open(current.id)} />
        )}
        <Group gap="sm" wrap="nowrap">
          {unfinished.length > 1 ? (
            <Text size="xs" c="dimmed">
              {countText(unfinished.length - 1, 'job')} waiting
            </Text>
          ) : null}
          {info.data ? (
            <Text size="xs" c="dimmed" className={classes['versions'] ?? ''}>
              Whittle {info.data.environment.whittleVersion} · ONNX Runtime{' '}
              {info.data.environment.onnxruntimeNodeVersion}
            </Text>
          ) : null}
          <Tooltip label="All jobs and their logs">
            <ActionIcon color="gray" size="sm" aria-label="Jobs" onClick={() => open(null)}>
              <IconListDetails size={16} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Group>
      <JobsDrawer
        jobs={jobs.data ?? []}
        isOpen={isOpen}
        openedJobId={openedJobId}
        onOpenJob={setOpenedJobId}
        onClose={() => setIsOpen(false)}
      />
    </>
  );
}

function CurrentJob({ job, onOpen }: { job: Job; onOpen: () => void }) {
  const cancel = useCancelJob();
  return (
    <Group gap="xs" wrap="nowrap" flex={1} miw={0}>
      <UnstyledButton className={classes['current'] ?? ''} onClick={onOpen} title="Show the log">
        <span className={classes['title']}>{job.title}</span>
        <span className={classes['bar']}>
          <JobBar job={job} />
        </span>
        <span className={classes['message']}>{jobProgressText(job)}</span>
      </UnstyledButton>
      <Tooltip label="Stop this job">
        <ActionIcon
          color="gray"
          size="sm"
          aria-label={`Stop “${job.title}”`}
          loading={cancel.isPending}
          onClick={() => cancel.mutate(job.id)}
        >
          <IconX size={15} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}
