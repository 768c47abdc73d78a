import { CloseButton, Paper, Stack, Text } from '@mantine/core';
import { isJobOver, type Job } from '#shared/job.ts';
import { useCancelJob, useResumeJob } from '../../api/use-job.ts';
import { JobProgress } from '../../components/job-progress.tsx';

/** Jobs where they were started: what runs, and what did not come to its end while one looked on. */
export function RunningJobs({ jobs, onDismiss }: { jobs: readonly Job[]; onDismiss: (jobId: string) => void }) {
  const cancel = useCancelJob();
  const resume = useResumeJob();
  if (jobs.length === 0) return null;
  return (
    <Stack gap="xs">
      {jobs.map((job) => (
        <Paper key={job.id} withBorder p="sm">
          <Text fw={600} mb={4}>
            {job.title}
          </Text>
          <JobProgress
            job={job}
            isCancelling={cancel.isPending && cancel.variables === job.id}
            onCancel={() => cancel.mutate(job.id)}
            onResume={() => resume.mutate(job.id)}
          >
            {isJobOver(job) ? <CloseButton aria-label="Dismiss" onClick={() => onDismiss(job.id)} /> : null}
          </JobProgress>
        </Paper>
      ))}
    </Stack>
  );
}
