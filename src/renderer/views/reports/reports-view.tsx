import { Button, Skeleton, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconFileText, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { formatBytes, formatDateTime } from '#shared/format.ts';
import type { Report } from '#shared/report.ts';
import { isolateName } from '#shared/text/name-text.ts';
import { orpc } from '../../api/client.ts';
import { useExperiments } from '../../api/use-experiment.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorMessage } from '../../components/error-message.tsx';
import { PageHeader } from '../../components/page-header.tsx';
import { CreateReportModal } from './create-report-modal.tsx';
import { formatName } from './report-format.ts';
import { ReportPreview } from './report-preview.tsx';
import classes from './reports-view.module.css';

/** Every report that was made, the newest first; the chosen one beside the list. */
export function ReportsView() {
  const reports = useQuery(orpc.reports.list.queryOptions());
  const experiments = useExperiments();
  const [search, setSearch] = useSearchParams();
  const [isCreating, setIsCreating] = useState(false);
  const reportable = (experiments.data ?? [])
    .filter(({ completedRunCount }) => completedRunCount > 0)
    .toSorted((a, b) => b.createdAtMs - a.createdAtMs);
  const sorted = (reports.data ?? []).toSorted((a, b) => b.createdAtMs - a.createdAtMs);
  const shown = sorted.find(({ id }) => id === search.get('report')) ?? sorted[0];
  const show = (id: string | null): void => setSearch(id === null ? {} : { report: id }, { replace: true });
  const error = reports.error ?? experiments.error;
  return (
    <>
      <PageHeader title="Reports" description="Reports to keep and to hand on. Each says how its numbers were made.">
        <Button
          leftSection={<IconPlus size={14} aria-hidden />}
          disabled={reportable.length === 0}
          onClick={() => setIsCreating(true)}
        >
          Create report
        </Button>
      </PageHeader>
      {error ? (
        <ErrorMessage error={error} title="The reports could not be read" />
      ) : !reports.data || !experiments.data ? (
        <Skeleton h={240} aria-label="Reading the reports" />
      ) : shown === undefined ? (
        <NoReports hasExperiments={reportable.length > 0} onCreate={() => setIsCreating(true)} />
      ) : (
        <div className={classes['columns']}>
          <nav className={classes['list']} aria-label="Reports">
            {sorted.map((report) => (
              <ReportItem
                key={report.id}
                report={report}
                isShown={report.id === shown.id}
                onShow={() => show(report.id)}
              />
            ))}
          </nav>
          <ReportPreview key={shown.id} report={shown} onRemoved={() => show(null)} />
        </div>
      )}
      <CreateReportModal
        experiments={reportable}
        isOpen={isCreating}
        onClose={() => setIsCreating(false)}
        onCreated={({ id }) => show(id)}
      />
    </>
  );
}

function ReportItem({ report, isShown, onShow }: { report: Report; isShown: boolean; onShow: () => void }) {
  const { title, format, createdAtMs, sizeBytes, exists } = report;
  return (
    <UnstyledButton className={classes['item'] ?? ''} aria-current={isShown} onClick={onShow}>
      <Text fw={500} lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
        {isolateName(title)}
      </Text>
      <Text size="xs" c="dimmed">
        {formatName(format)} · {exists ? formatBytes(sizeBytes) : 'file deleted'} · {formatDateTime(createdAtMs)}
      </Text>
    </UnstyledButton>
  );
}

function NoReports({ hasExperiments, onCreate }: { hasExperiments: boolean; onCreate: () => void }) {
  return (
    <Stack align="center">
      <EmptyState
        icon={IconFileText}
        title="No reports yet"
        description={
          hasExperiments
            ? 'A report holds the answer, the runs, the charts, and how to repeat them, in one file.'
            : 'A report is made of what was measured. Run a benchmark first.'
        }
      >
        {hasExperiments ? (
          <Button onClick={onCreate}>Choose experiments</Button>
        ) : (
          <Button component={Link} href="/benchmark">
            Go to Benchmark
          </Button>
        )}
      </EmptyState>
    </Stack>
  );
}
