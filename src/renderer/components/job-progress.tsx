import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { isJobOver, type Job } from '#shared/job.ts';
import { ErrorMessage } from './error-message.tsx';
import { jobProgressText, jobStatusWord } from './job-text.ts';
import { StatusBadge } from './status-badge.tsx';

/** A job where it was started: how far it is, Cancel, and what became of it. */
export function JobProgress(props: {
  job: Job;
  onCancel?: (() => void) | undefined;
  isCancelling?: boolean;
  onResume?: (() => void) | undefined;
  children?: ReactNode;
}) {
  const { job, onCancel, onResume, isCancelling = false } = props;
  if (job.status === 'failed' && job.error !== null) {
    return (
      <ErrorMessage error={job.error}>
        {onResume ? (
          <Button variant="default" onClick={onResume}>
            Try again
          </Button>
        ) : null}
        {props.children}
      </ErrorMessage>
    );
  }
  const { word, tone } = jobStatusWord(job.status);
  const isOver = isJobOver(job);
  return (
    <Stack gap="xs">
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text component="div" miw={0} aria-live="polite">
          {isOver ? <StatusBadge tone={tone}>{word}</StatusBadge> : jobProgressText(job)}
        </Text>
        <Group gap="xs" wrap="nowrap">
          {!isOver && onCancel ? (
            <Button variant="default" onClick={onCancel} loading={isCancelling}>
              Cancel
            </Button>
          ) : null}
          {(job.status === 'interrupted' || job.status === 'cancelled') && onResume ? (
            <Button variant="default" onClick={onResume}>
              Resume
            </Button>
          ) : null}
          {props.children}
        </Group>
      </Group>
      {isOver ? null : <JobBar job={job} />}
    </Stack>
  );
}

export function JobBar({ job }: { job: Pick<Job, 'progress' | 'title'> }) {
  const isKnown = job.progress !== null;
  return (
    <Progress.Root size="sm">
      <Progress.Section
        value={isKnown ? (job.progress ?? 0) * 100 : 100}
        animated={!isKnown}
        striped={!isKnown}
        aria-label={job.title}
        {...(isKnown ? {} : { 'aria-valuenow': undefined })}
      />
    </Progress.Root>
  );
}
