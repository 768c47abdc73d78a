import { Anchor, Button, Drawer, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { formatDateTime } from '#shared/format.ts';
import { isJobOver, type Job } from '#shared/job.ts';
import { orpc } from '../api/client.ts';
import { useCancelJob, useResumeJob } from '../api/use-job.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { ErrorMessage } from '../components/error-message.tsx';
import { JobProgress } from '../components/job-progress.tsx';
import { jobDurationText, jobStatusWord } from '../components/job-text.ts';
import { StatusBadge } from '../components/status-badge.tsx';
import classes from './jobs-drawer.module.css';

/** Every job, newest first; one of them with its log. */
export function JobsDrawer(props: {
  jobs: readonly Job[];
  isOpen: boolean;
  openedJobId: string | null;
  onOpenJob: (id: string | null) => void;
  onClose: () => void;
}) {
  const { jobs, openedJobId } = props;
  const opened = jobs.find((job) => job.id === openedJobId);
  return (
    <Drawer
      opened={props.isOpen}
      onClose={props.onClose}
      position="right"
      size="lg"
      title={opened?.title ?? 'Jobs'}
      closeButtonProps={{ 'aria-label': 'Close the jobs' }}
    >
      {opened ? (
        <Stack gap="sm">
          <Anchor
            component="button"
            size="sm"
            onClick={() => props.onOpenJob(null)}
            style={{ alignSelf: 'flex-start' }}
          >
            <Group gap={4}>
              <IconArrowLeft size={14} aria-hidden /> All jobs
            </Group>
          </Anchor>
          <OneJob job={opened} />
        </Stack>
      ) : (
        <JobList jobs={jobs} onOpenJob={props.onOpenJob} />
      )}
    </Drawer>
  );
}

function JobList({ jobs, onOpenJob }: { jobs: readonly Job[]; onOpenJob: (id: string) => void }) {
  if (jobs.length === 0) {
    return (
      <EmptyState
        title="No jobs yet"
        description="Compressing, measuring and evaluating are jobs; they are listed here."
      />
    );
  }
  return (
    <Stack gap={0}>
      {jobs.map((job) => {
        const { word, tone } = jobStatusWord(job.status);
        return (
          <UnstyledButton key={job.id} className={classes['job'] ?? ''} onClick={() => onOpenJob(job.id)}>
            <span className={classes['title']}>{job.title}</span>
            <StatusBadge tone={tone}>{word}</StatusBadge>
            <span className={classes['time']}>{formatDateTime(job.createdAtMs)}</span>
          </UnstyledButton>
        );
      })}
    </Stack>
  );
}

function OneJob({ job }: { job: Job }) {
  const log = useQuery(orpc.jobs.log.queryOptions({ input: { id: job.id } }));
  const cancel = useCancelJob();
  const resume = useResumeJob();
  const duration = jobDurationText(job, job.endedAtMs ?? job.startedAtMs ?? 0);
  const canResume = isJobOver(job) && job.status !== 'completed';
  return (
    <Stack gap="sm">
      <JobProgress
        job={job}
        onCancel={() => cancel.mutate(job.id)}
        isCancelling={cancel.isPending}
        onResume={canResume ? () => resume.mutate(job.id) : undefined}
      />
      {resume.error ? <ErrorMessage error={resume.error} /> : null}
      <Text size="xs" c="dimmed">
        Started {formatDateTime(job.startedAtMs ?? job.createdAtMs)}
        {job.endedAtMs !== null && duration !== null ? `, took ${duration}` : ''}
      </Text>
      {log.error ? <ErrorMessage error={log.error} /> : null}
      <ol className={classes['log']} aria-label="Log">
        {(log.data ?? []).map((line, index) => (
          // Lines have no id and are only ever added at the end.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index} data-level={line.level}>
            <time className={classes['at']}>{new Date(line.atMs).toLocaleTimeString('en-GB')}</time> {line.text}
          </li>
        ))}
      </ol>
      {log.data?.length === 0 ? <Text c="dimmed">Nothing was logged.</Text> : null}
      <Group>
        <Button
          variant="default"
          disabled={(log.data ?? []).length === 0}
          onClick={() => void navigator.clipboard.writeText(logText(log.data ?? []))}
        >
          Copy the log
        </Button>
      </Group>
    </Stack>
  );
}

function logText(lines: readonly { atMs: number; level: string; text: string }[]): string {
  return lines.map(({ atMs, level, text }) => `${new Date(atMs).toISOString()} ${level} ${text}`).join('\n');
}
