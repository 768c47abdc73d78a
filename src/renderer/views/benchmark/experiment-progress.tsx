import { ActionIcon, Button, List, Stack, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { runNumbersText } from '#shared/text/run-numbers-text.ts';
import { Link } from 'wouter';
import { deriveResults } from '#shared/answer/derive-results.ts';
import { isMeasured, type ResultRow } from '#shared/answer/result-row.ts';
import type { Experiment } from '#shared/experiment.ts';
import { formatCount } from '#shared/format.ts';
import { isJobOver, type Job } from '#shared/job.ts';
import { conditionText } from '#shared/text/case-text.ts';
import { isolateName } from '#shared/text/name-text.ts';
import { countText, msIntervalText, msText, NOT_KNOWN } from '#shared/text/number-text.ts';
import { isUnderWay, useExperiment } from '../../api/use-experiment.ts';
import { useCancelJob, useJob, useResumeJob } from '../../api/use-job.ts';
import { type DataColumn, DataTable } from '../../components/data-table.tsx';
import { ErrorMessage } from '../../components/error-message.tsx';
import { JobProgress } from '../../components/job-progress.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import classes from './experiment-progress.module.css';
import { runStateOf } from './run-state.ts';

const MOST_NOTES = 3;

const columns: readonly DataColumn<ResultRow>[] = [
  {
    id: 'run',
    header: 'Case',
    cell: ({ number, run }) => (
      <>
        <Text style={{ overflowWrap: 'anywhere' }}>
          #{number} {isolateName(run.model.name)}
        </Text>
        <Text size="xs" c="dimmed">
          {conditionText(run)}
        </Text>
      </>
    ),
  },
  {
    id: 'state',
    header: 'State',
    width: '9rem',
    cell: ({ run }) => {
      const { word, tone } = runStateOf(run);
      return (
        <>
          <StatusBadge tone={tone}>{word}</StatusBadge>
          {run.error === null ? null : (
            <Text size="xs" c="dimmed" miw="14rem" style={{ overflowWrap: 'anywhere' }}>
              {run.error.message}
            </Text>
          )}
        </>
      );
    },
  },
  { id: 'blocks', header: 'Blocks', isNumeric: true, width: '5rem', cell: ({ run }) => formatCount(run.blockCount) },
  { id: 'samples', header: 'Samples', isNumeric: true, width: '6rem', cell: ({ run }) => formatCount(run.sampleCount) },
  {
    id: 'median',
    header: 'Median (ms)',
    isNumeric: true,
    width: '9rem',
    cell: (row) => {
      if (!isMeasured(row)) return NOT_KNOWN;
      const { median, ciLow, ciHigh } = row.run.latencyMs;
      return (
        <>
          {msText(median)}
          <Text size="xs" c="dimmed">
            {msIntervalText(ciLow, ciHigh)}
          </Text>
        </>
      );
    },
  },
];

/** An experiment where it was started: how far it is, and what came of it. */
export function ExperimentProgress(props: { experimentId: string; onDismiss: () => void }) {
  const { experimentId, onDismiss } = props;
  const { data: experiment, error } = useExperiment(experimentId);
  const { data: job } = useJob(experiment?.jobId ?? null);
  const cancel = useCancelJob();
  const resume = useResumeJob();
  if (error) return <ErrorMessage error={error} title="The experiment could not be read" />;
  if (!experiment) return null;
  const failure = cancel.error ?? resume.error;
  const isOver = !isUnderWay(experiment);
  return (
    <SectionCard
      title={experiment.name}
      description={isOver ? undefined : 'Leave the machine alone as long as it measures.'}
      isFlush
      actions={
        <>
          {experiment.completedRunCount > 0 && isOver ? (
            <Button component={Link} href={`/results/${experiment.id}`}>
              See results
            </Button>
          ) : null}
          {isOver ? (
            <ActionIcon color="gray" aria-label="Hide this experiment" onClick={onDismiss}>
              <IconX size={16} aria-hidden />
            </ActionIcon>
          ) : null}
        </>
      }
    >
      <Stack gap="sm">
        <Stack gap="xs" px="md">
          {failure ? <ErrorMessage error={failure} /> : null}
          {job ? (
            <JobProgress
              job={job}
              isCancelling={cancel.isPending}
              onCancel={() => cancel.mutate(job.id)}
              onResume={canResume(job) ? () => resume.mutate(job.id) : undefined}
            />
          ) : null}
          {isOver ? <Outcome experiment={experiment} /> : null}
        </Stack>
        <div className={classes['cases']}>
          <DataTable
            label={`Cases of ${experiment.name}`}
            columns={columns}
            rows={rowsOf(experiment)}
            rowId={({ run }) => run.id}
          />
        </div>
      </Stack>
    </SectionCard>
  );
}

/** Without raw samples and accuracy: enough for its progress, and not for its answer. */
function rowsOf(experiment: Experiment): ResultRow[] {
  return deriveResults(experiment, { quality: [], blocksByRunId: new Map() }).rows;
}

function canResume(job: Job): boolean {
  return isJobOver(job) && job.status !== 'completed';
}

function Outcome({ experiment }: { experiment: Experiment }) {
  const { notes, rows } = deriveResults(experiment, { quality: [], blocksByRunId: new Map() });
  if (notes.length === 0) return null;
  const rest = notes.length - MOST_NOTES;
  return (
    <div>
      <Text fw={500}>Notes on these runs</Text>
      <List size="sm">
        {notes.slice(0, MOST_NOTES).map(({ kind, message, runNumbers }) => (
          <List.Item key={`${kind} ${message}`}>
            {message}{' '}
            <Text span c="dimmed">
              ({runNumbersText(runNumbers, rows.length)})
            </Text>
          </List.Item>
        ))}
        {rest > 0 ? <List.Item>{countText(rest, 'more note')} with the results.</List.Item> : null}
      </List>
    </div>
  );
}
