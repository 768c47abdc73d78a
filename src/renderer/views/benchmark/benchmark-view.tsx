import { Button, Group, Loader, Skeleton, Stack, Text } from '@mantine/core';
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
import { ownNewestFirst } from '../library/variant-text.ts';
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
  const [followedId, setFollowedId] = useState(() => search.get('experiment'));
  const [dismissedId, setDismissedId] = useState<string | null>(null);
  // Kept when it has ended, so that the way to its results is still there.
  const nextId = nextToFollow(experiments.data ?? [], followedId)?.id ?? followedId;
  if (nextId !== followedId) setFollowedId(nextId);
  const error = models.error ?? providers.error;

  const progress =
    nextId === null || nextId === dismissedId ? null : (
      <ExperimentProgress key={nextId} experimentId={nextId} onDismiss={() => setDismissedId(nextId)} />
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
            <Waiting />
          )}
        </Stack>
      </>
    );
  }
  return (
    <PlanForm
      // Whoever is sent here with other models begins with those.
      key={requested}
      models={models.data.toSorted(ownNewestFirst)}
      providers={providers.data}
      device={device.data}
      requestedIds={requested === '' ? [] : requested.split(',')}
      onStarted={(id) => {
        setFollowedId(id);
        window.scrollTo({ top: 0 });
      }}
    >
      {progress}
    </PlanForm>
  );
}

/** The first time on a machine this takes seconds: every provider is really run. */
function Waiting() {
  return (
    <>
      <Group gap="xs" role="status">
        <Loader size="xs" aria-hidden />
        <Text>Trying which providers work on this machine. The first time, this takes some seconds.</Text>
      </Group>
      <Skeleton h={320} aria-hidden />
    </>
  );
}

/**
 * What runs now, unless that is followed which runs too or is not in the list yet; else the newest of all where it waits to be
 * resumed.
 */
function nextToFollow(
  experiments: readonly ExperimentSummary[],
  followedId: string | null,
): ExperimentSummary | undefined {
  const followed = experiments.find(({ id }) => id === followedId);
  if (followedId !== null && (followed === undefined || isUnderWay(followed))) return undefined;
  const newest = experiments.toSorted((a, b) => b.createdAtMs - a.createdAtMs).find(({ isImported }) => !isImported);
  return experiments.find(isUnderWay) ?? (newest?.status === 'interrupted' ? newest : undefined);
}
