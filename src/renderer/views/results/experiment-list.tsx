import { Anchor, Button, Skeleton, Text } from '@mantine/core';
import { IconChartDots, IconUpload } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { ExperimentSummary } from '#shared/experiment.ts';
import { formatDateTime } from '#shared/format.ts';
import { isolateName } from '#shared/text/name-text.ts';
import { useExperiments } from '../../api/use-experiment.ts';
import { type DataColumn, DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorMessage } from '../../components/error-message.tsx';
import { FindField } from '../../components/find-field.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { ExperimentMenu, importRuns } from './experiment-actions.tsx';
import { experimentStatusWord } from './experiment-status.ts';
import { findExperiments } from './find-experiments.ts';

/** From so many experiments on, finding one by name is faster than looking for it. */
const MANY_EXPERIMENTS = 8;

const allColumns: readonly DataColumn<ExperimentSummary>[] = [
  {
    id: 'name',
    header: 'Experiment',
    sortBy: ({ name }) => name,
    cell: ({ id, name, providers, isImported }) => (
      <>
        <Anchor component={Link} href={`/results/${id}`} fw={500} style={{ overflowWrap: 'anywhere' }}>
          {isolateName(name)}
        </Anchor>
        <Text size="xs" c="dimmed">
          {providers.join(', ')}
          {isImported ? ' · imported' : ''}
        </Text>
      </>
    ),
  },
  {
    id: 'models',
    header: 'Models',
    sortBy: ({ modelNames }) => modelNames.length,
    cell: ({ modelNames }) => (
      <Text lineClamp={2} maw="22rem" style={{ overflowWrap: 'anywhere' }} title={modelNames.join('\n')}>
        {modelNames.map(isolateName).join(', ')}
      </Text>
    ),
  },
  {
    id: 'when',
    header: 'Measured',
    width: '9rem',
    sortBy: ({ createdAtMs }) => createdAtMs,
    cell: ({ createdAtMs }) => <span style={{ whiteSpace: 'nowrap' }}>{formatDateTime(createdAtMs)}</span>,
  },
  {
    id: 'runs',
    header: 'Runs',
    hint: 'Completed, of all',
    isNumeric: true,
    width: '5rem',
    sortBy: ({ runCount }) => runCount,
    cell: ({ runCount, completedRunCount }) =>
      runCount === completedRunCount ? String(runCount) : `${completedRunCount} of ${runCount}`,
  },
  {
    id: 'device',
    header: 'Device',
    sortBy: ({ deviceName }) => deviceName,
    cell: ({ deviceName }) => (
      <Text size="xs" maw="14rem">
        {deviceName}
      </Text>
    ),
  },
  {
    id: 'status',
    header: 'Status',
    width: '8rem',
    sortBy: ({ status }) => status,
    cell: ({ status }) => (
      <StatusBadge tone={experimentStatusWord(status).tone}>{experimentStatusWord(status).word}</StatusBadge>
    ),
  },
  {
    id: 'actions',
    header: '',
    width: '2.5rem',
    cell: (experiment) => <ExperimentMenu experiment={experiment} />,
  },
];

/** Every experiment in the library, the newest first. */
export function ExperimentList() {
  const experiments = useExperiments();
  const [, navigate] = useLocation();
  const [sought, setSought] = useState('');
  const all = experiments.data ?? [];
  const shown = findExperiments(all, sought);
  // Of one machine alone it says the same in every row.
  const areOfOneDevice = new Set(all.map(({ deviceName }) => deviceName)).size <= 1;
  const columns = useMemo(
    () => (areOfOneDevice ? allColumns.filter(({ id }) => id !== 'device') : allColumns),
    [areOfOneDevice],
  );
  return (
    <>
      <PageHeader title="Results" description="Every experiment with its runs, kept with all raw samples.">
        {all.length >= MANY_EXPERIMENTS ? (
          <FindField label="Find an experiment" value={sought} onChange={setSought} />
        ) : null}
        <Button variant="default" leftSection={<IconUpload size={14} aria-hidden />} onClick={() => void importRuns()}>
          Import runs
        </Button>
      </PageHeader>
      {experiments.error ? (
        <ErrorMessage error={experiments.error} title="The results could not be read" />
      ) : !experiments.data ? (
        <Skeleton h={240} aria-label="Reading the results" />
      ) : experiments.data.length === 0 ? (
        <EmptyState
          icon={IconChartDots}
          title="Nothing was measured yet"
          description="Start a benchmark: one click measures what is in the library. Or import runs that a colleague exported."
        >
          <Button component={Link} href="/benchmark">
            Go to Benchmark
          </Button>
        </EmptyState>
      ) : (
        <SectionCard title="Experiments" isFlush>
          <DataTable
            label="Experiments"
            columns={columns}
            rows={shown}
            rowId={({ id }) => id}
            initialSort={{ id: 'when', isDescending: true }}
            onRowClick={({ id }) => navigate(`/results/${id}`)}
          />
          {shown.length === 0 ? (
            <Text c="dimmed" px="md" py="sm">
              No experiment goes by “{sought.trim()}”, and none has such a model or provider.
            </Text>
          ) : null}
        </SectionCard>
      )}
    </>
  );
}
