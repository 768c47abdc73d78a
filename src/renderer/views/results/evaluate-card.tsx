import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconTargetArrow } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { z } from 'zod';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { isJobOver, type Job } from '#shared/job.ts';
import { countText } from '#shared/text/number-text.ts';
import { client, orpc } from '../../api/client.ts';
import { useCancelJob } from '../../api/use-job.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { JobProgress } from '../../components/job-progress.tsx';
import { findMissingQuality, type MissingQuality } from './missing-quality.ts';

const subjectSchema = z.object({ variantIds: z.array(z.string()) });

/** Offers to find out the accuracy that is missing, and shows how far that is. Nothing where none is missing. */
export function EvaluateCard({ results }: { results: ExperimentResults }) {
  const models = useQuery(orpc.models.list.queryOptions());
  const device = useQuery(orpc.devices.current.queryOptions());
  const jobs = useQuery(orpc.jobs.list.queryOptions());
  const cancel = useCancelJob();
  const evaluate = useMutation({
    mutationFn: async ({ requests }: MissingQuality) => {
      for (const request of requests) await client.quality.evaluate(request);
    },
  });
  const running = (jobs.data ?? []).filter((job) => isEvaluationOf(job, results));
  const missing =
    models.data && device.data
      ? findMissingQuality(results, { models: models.data, deviceFingerprint: device.data.fingerprint })
      : null;
  if (running.length > 0) {
    return (
      <Alert color="gray" p="sm" icon={<IconTargetArrow aria-hidden />} title="Evaluating">
        <Stack gap="xs">
          {running.map((job) => (
            <JobProgress
              key={job.id}
              job={job}
              isCancelling={cancel.isPending && cancel.variables === job.id}
              onCancel={() => cancel.mutate(job.id)}
            />
          ))}
        </Stack>
      </Alert>
    );
  }
  if (missing === null) return null;
  return (
    <Alert color="gray" p="sm" icon={<IconTargetArrow aria-hidden />}>
      <Stack gap="xs">
        <Group justify="space-between" gap="sm">
          <Text flex="1 1 20rem">{missingText(missing)}</Text>
          {missing.hasLabels || missing.modelId === null ? null : (
            <Button variant="default" component={Link} href={`/library/${missing.modelId}`}>
              Go to the model
            </Button>
          )}
          <Button loading={evaluate.isPending} onClick={() => evaluate.mutate(missing)}>
            {missing.hasLabels ? 'Evaluate accuracy' : 'Measure fidelity'}
          </Button>
        </Group>
        {evaluate.error ? <ErrorMessage error={evaluate.error} title="The evaluation was not started" /> : null}
      </Stack>
    </Alert>
  );
}

function missingText({ fileCount, hasLabels }: MissingQuality): string {
  const files = countText(fileCount, 'file');
  if (hasLabels) {
    return `The accuracy of ${files} is not known on every provider measured here. Evaluate to see what the speed costs.`;
  }
  const close =
    fileCount === 1
      ? 'How close the outputs of the compressed file are to those of the original'
      : `How close the outputs of ${files} are to those of the original`;
  return `${close} is not known here. For accuracy, there has to be labelled data: “Evaluate” on the page of the model takes it, also from a file of arrays.`;
}

function isEvaluationOf(job: Job, { experiment }: ExperimentResults): boolean {
  if (job.kind !== 'evaluate' || isJobOver(job)) return false;
  const subject = subjectSchema.safeParse(job.subject);
  const measured = new Set(experiment.runs.map(({ model }) => model.sha256));
  return subject.success && subject.data.variantIds.some((id) => measured.has(id));
}
