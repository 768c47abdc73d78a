import { Button, Skeleton, Stack } from '@mantine/core';
import { IconStack2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import type { ExperimentSummary } from '#shared/experiment.ts';
import { orpc } from '../../api/client.ts';
import { isUnderWay, useExperiments } from '../../api/use-experiment.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorMessage } from '../../components/error-message.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { ExperimentProgress } from './experiment-progress.tsx';
import { PlanForm } from './plan-form.tsx';

/** Plans an experiment, starts it, and shows it while it runs. */
export function BenchmarkView() {
  const [search] = useSearchParams();
  const requested = search.get('variants') ?? '';
  const models = useQuery(orpc.models.list.queryOptions());
  const providers = useQuery(orpc.devices.providers.queryOptions());
  const device = useQuery(orpc.devices.current.queryOptions());
  const experiments = useExperiments();
  const [startedId, setStartedId] = useState<string | null>(null);
  const [dismissedId, setDismissedId] = useState<string | null>(null);
  const shownId = startedId ?? experimentToShow(experiments.data ?? [])?.id ?? null;
  const error = models.error ?? providers.error;

  const progress =
    shownId === null || shownId === dismissedId ? null : (
      <ExperimentProgress
        key={shownId}
        experimentId={shownId}
        onDismiss={() => {
          setDismissedId(shownId);
          setStartedId(null);
        }}
      />
    );
  if (error || models.data?.length === 0 || !models.data || !providers.data) {
    return (
      <>
        <PageHeader title="Benchmark" description="Measure models side by side, on every provider that works here." />
        <Stack gap="md">
          {progress}
          {error ? (
            <ErrorMessage error={error} title="The plan cannot be made" />
          ) : models.data?.length === 0 ? (
            <EmptyState
              icon={IconStack2}
              title="There is no model to measure yet"
              description="Import an ONNX file into the library first; then measure it here."
            >
              <Button component={Link} href="/library">
                Go to the library
              </Button>
            </EmptyState>
          ) : (
            <Skeleton h={320} aria-label="Reading the library and trying the providers" />
          )}
        </Stack>
      </>
    );
  }
  return (
    <PlanForm
      // Whoever is sent here with other models begins with those.
      key={requested}
      models={models.data}
      providers={providers.data}
      device={device.data}
      requestedIds={requested === '' ? [] : requested.split(',')}
      onStarted={(id) => {
        setStartedId(id);
        window.scrollTo({ top: 0 });
      }}
    >
      {progress}
    </PlanForm>
  );
}

/** What runs now; else the newest of all where it waits to be resumed. */
function experimentToShow(experiments: readonly ExperimentSummary[]): ExperimentSummary | undefined {
  const newest = experiments.toSorted((a, b) => b.createdAtMs - a.createdAtMs).find(({ isImported }) => !isImported);
  return experiments.find(isUnderWay) ?? (newest?.status === 'interrupted' ? newest : undefined);
}
