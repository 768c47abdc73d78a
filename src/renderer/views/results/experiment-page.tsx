import { Alert, Anchor, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { deriveResults } from '#shared/answer/derive-results.ts';
import type { Experiment } from '#shared/experiment.ts';
import { formatDateTime } from '#shared/format.ts';
import { isJobOver } from '#shared/job.ts';
import type { LatencyBound } from '#shared/latency-bound.ts';
import { planInputsText } from '#shared/text/case-text.ts';
import { orpc } from '../../api/client.ts';
import { useExperiment, useSamples, useSustainedDetails } from '../../api/use-experiment.ts';
import { useJob, useResumeJob } from '../../api/use-job.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { CreateReport } from '../reports/create-report.tsx';
import { readBound, writeBound } from './address-bound.ts';
import { AnswerCard } from './answer-card.tsx';
import { ChartsSection } from './charts-section.tsx';
import { enteredBounds } from './entered-bounds.ts';
import { EvaluateCard } from './evaluate-card.tsx';
import { ExperimentMenu, progressAddress } from './experiment-actions.tsx';
import { incompleteText } from './experiment-status.ts';
import { NotesCard } from './notes-card.tsx';
import { RepeatCard, RepeatsCard } from './repeat-card.tsx';
import { RunsCard } from './runs-card.tsx';
import { ScenariosCard } from './scenarios-card.tsx';
import { SustainedCard } from './sustained-card.tsx';
import { SweetSpotCard } from './sweet-spot-card.tsx';

/** One experiment: the answer, its runs, the charts. */
export function ExperimentPage({ experimentId }: { experimentId: string }) {
  const { data: experiment, error } = useExperiment(experimentId);
  const samples = useSamples(experiment);
  const variantIds = [...new Set((experiment?.runs ?? []).map(({ model }) => model.sha256))];
  const quality = useQuery({
    ...orpc.quality.list.queryOptions({ input: { variantIds } }),
    enabled: variantIds.length > 0,
  });
  const detailsByRunId = useSustainedDetails(experiment);
  const { blocksByRunId, isComplete } = samples;
  const known = quality.data;
  // Until another one is entered, the plan's. In the address, so that it can be handed on, and kept for who comes back without one.
  const [search, setSearch] = useSearchParams();
  const addressed = useMemo(() => readBound(search), [search]);
  const [kept] = useState(() => enteredBounds.find(localStorage, experimentId));
  const entered = addressed === undefined ? kept : addressed;
  const setBound = (changed: LatencyBound | null): void => {
    enteredBounds.keep(localStorage, experimentId, changed);
    setSearch((before) => writeBound(before, changed), { replace: true });
  };
  const bound = entered === undefined ? (experiment?.plan.latencyBound ?? null) : entered;
  const latencyBound = useDeferredValue(bound);
  const results = useMemo(
    () =>
      experiment && known && isComplete
        ? deriveResults(experiment, { quality: known, blocksByRunId, detailsByRunId, latencyBound })
        : null,
    [experiment, known, isComplete, blocksByRunId, detailsByRunId, latencyBound],
  );
  const failure = error ?? samples.error ?? quality.error;
  // By the plan, not by what is entered: a field that moves while somebody types in it is lost.
  const isSweep = experiment !== undefined && asksHowToRun(experiment);
  const sweetSpot = results ? <SweetSpotCard results={results} bound={bound} onBound={setBound} /> : null;
  return (
    <>
      <PageHeader
        above={
          <Anchor component={Link} href="/results" size="xs">
            <Group gap={4} display="inline-flex">
              <IconArrowLeft size={13} aria-hidden /> All experiments
            </Group>
          </Anchor>
        }
        title={experiment?.name ?? 'Results'}
        description={experiment ? <About experiment={experiment} /> : undefined}
      >
        {experiment ? (
          <>
            <CreateReport
              ids={[experiment.id]}
              isDisabled={experiment.completedRunCount === 0}
              {...(entered === undefined ? {} : { latencyBound: entered })}
            />
            <ExperimentMenu experiment={experiment} />
          </>
        ) : null}
      </PageHeader>
      <Stack gap="md">
        {failure ? <ErrorMessage error={failure} title="The results could not be read" /> : null}
        {experiment ? <Unfinished experiment={experiment} /> : null}
        {results ? (
          <>
            <AnswerCard answers={results.answers} />
            <RepeatCard experiment={results.experiment} />
            {isSweep ? sweetSpot : null}
            <ScenariosCard results={results} />
            <SustainedCard results={results} detailsByRunId={detailsByRunId} />
            <EvaluateCard results={results} />
            <RunsCard results={results} />
            {isSweep ? null : sweetSpot}
            <NotesCard results={results} />
            <ChartsSection results={results} />
            <RepeatsCard experiment={results.experiment} />
          </>
        ) : failure ? null : (
          <>
            <Skeleton h={140} aria-label="Reading the results" />
            <Skeleton h={260} aria-hidden />
          </>
        )}
      </Stack>
    </>
  );
}

/** Whether a model was measured in several ways on a provider, or within a bound. */
function asksHowToRun({ plan, runs }: Experiment): boolean {
  const ways = new Set(runs.map(({ model, provider }) => `${model.sha256} ${provider}`));
  return (plan.latencyBound ?? null) !== null || ways.size < runs.length;
}

function About({ experiment }: { experiment: Experiment }) {
  const { createdAtMs, deviceName, isImported, environment, plan } = experiment;
  return [
    formatDateTime(createdAtMs),
    deviceName,
    `ONNX Runtime ${environment.onnxruntimeNodeVersion}`,
    ...(plan.inputs.kind === 'generated' ? [] : [`inputs: ${planInputsText({ ...plan.inputs, sha256: undefined })}`]),
    ...(isImported ? ['imported'] : []),
  ].join(' · ');
}

/** Says that the figures are not complete, and how to complete them. */
function Unfinished({ experiment }: { experiment: Experiment }) {
  const text = incompleteText(experiment.status);
  const { data: job } = useJob(text === null ? null : experiment.jobId);
  const resume = useResumeJob();
  if (text === null) return null;
  const canResume = job !== undefined && isJobOver(job) && !experiment.isImported;
  return (
    <Alert color={experiment.status === 'failed' ? 'red' : 'yellow'} p="sm">
      <Group justify="space-between" gap="sm">
        <Text flex="1 1 20rem">
          {text} {experiment.error?.message ?? ''}
        </Text>
        {canResume ? (
          <Button variant="default" loading={resume.isPending} onClick={() => resume.mutate(job.id)}>
            Resume
          </Button>
        ) : null}
        {experiment.status === 'running' || experiment.status === 'pending' ? (
          <Button variant="default" component={Link} href={progressAddress(experiment.id)}>
            Follow it
          </Button>
        ) : null}
      </Group>
      {resume.error ? <ErrorMessage error={resume.error} /> : null}
    </Alert>
  );
}
