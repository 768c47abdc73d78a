import { Anchor, Button, List, Stack, Table, Text, Title } from '@mantine/core';
import { useMemo } from 'react';
import { Link, useLocation } from 'wouter';
import type { Experiment } from '#shared/experiment.ts';
import { formatDateTime } from '#shared/format.ts';
import type { RepeatVerdict } from '#shared/judge-repeat.ts';
import { compareReproduction, type Reproduction } from '#shared/reproduction.ts';
import { isolateName } from '#shared/text/name-text.ts';
import { repeatColumns, repeatConclusion, repeatNotes, repeatRows } from '#shared/text/reproduction-text.ts';
import { isUnderWay, useExperiment, useExperiments } from '../../api/use-experiment.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import { StatusBadge, type StatusTone } from '../../components/status-badge.tsx';
import { measureAgain } from './experiment-actions.tsx';

/** Of an experiment that measured another one again: whether each number came back. Nothing for others. */
export function RepeatCard({ experiment }: { experiment: Experiment }) {
  const originalId = experiment.plan.reproduces;
  return originalId === undefined ? null : <Verdicts experiment={experiment} originalId={originalId} />;
}

function Verdicts({ experiment, originalId }: { experiment: Experiment; originalId: string }) {
  const { data: experiments } = useExperiments();
  const isKept = experiments?.some(({ id }) => id === originalId) ?? true;
  const { data: original, error } = useExperiment(isKept ? originalId : null);
  const reproduction = useMemo(
    () => (original ? compareReproduction(original, experiment) : null),
    [original, experiment],
  );
  return (
    <SectionCard
      title="Measured again"
      description={
        original ? (
          <>
            Against{' '}
            <Anchor component={Link} href={`/results/${originalId}`} size="xs">
              {isolateName(original.name)}
            </Anchor>
            , measured {formatDateTime(original.createdAtMs)}. Expected is where a number lies 95 times in 100 if
            nothing changed.
          </>
        ) : undefined
      }
    >
      {isUnderWay(experiment) ? (
        <Text c="dimmed">Its numbers are judged when it is complete.</Text>
      ) : !isKept ? (
        <Text c="dimmed">The experiment that it repeats is not in the library any more, so nothing can be judged.</Text>
      ) : error ? (
        <ErrorMessage error={error} title="The earlier experiment could not be read" />
      ) : reproduction ? (
        <Judged reproduction={reproduction} />
      ) : null}
    </SectionCard>
  );
}

const badges: Record<RepeatVerdict, { tone: StatusTone; word: string }> = {
  inside: { tone: 'good', word: 'inside' },
  outside: { tone: 'bad', word: 'outside' },
  unknown: { tone: 'off', word: 'unknown' },
};

function Judged({ reproduction }: { reproduction: Reproduction }) {
  const notes = repeatNotes(reproduction);
  return (
    <Stack gap="xs">
      <Title order={3} size="h4">
        {repeatConclusion(reproduction)}
      </Title>
      {notes.length === 0 ? null : (
        <List size="sm">
          {notes.map((sentence) => (
            <List.Item key={sentence}>{sentence}</List.Item>
          ))}
        </List>
      )}
      <Table.ScrollContainer minWidth={560}>
        <Table
          aria-label="Each number before and again"
          verticalSpacing={4}
          style={{ fontVariantNumeric: 'tabular-nums' }}
        >
          <Table.Thead>
            <Table.Tr>
              {repeatColumns.map(({ title, isNumber }) => (
                <Table.Th key={title} ta={isNumber ? 'right' : 'left'}>
                  {title}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {repeatRows(reproduction).map(({ what, before, again, expected, verdict }) => (
              <Table.Tr key={what}>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{what}</Table.Td>
                {[before, again, expected].map((text, index) => (
                  <Table.Td key={repeatColumns[index + 1]?.title} ta="right" style={{ whiteSpace: 'nowrap' }}>
                    {text}
                  </Table.Td>
                ))}
                <Table.Td>
                  <StatusBadge tone={badges[verdict].tone}>{badges[verdict].word}</StatusBadge>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}

/** The experiments that measured this one again, and the way to do so. Nothing while it is not complete. */
export function RepeatsCard({ experiment }: { experiment: Experiment }) {
  const { data: experiments = [] } = useExperiments();
  const [, navigate] = useLocation();
  if (experiment.status !== 'completed') return null;
  const repeats = experiments.filter(({ reproduces }) => reproduces === experiment.id);
  return (
    <SectionCard
      title="Does it repeat?"
      description="Measuring again takes the same files, settings and seed on the same device, and says of each number whether it lies where it was expected."
      actions={
        <Button
          variant="default"
          onClick={() => void measureAgain(experiment).then((address) => address !== null && navigate(address))}
        >
          Measure again
        </Button>
      }
    >
      {repeats.length === 0 ? (
        <Text c="dimmed">It was not measured again yet.</Text>
      ) : (
        <List size="sm">
          {repeats.map(({ id, name, createdAtMs, status }) => (
            <List.Item key={id}>
              <Anchor component={Link} href={`/results/${id}`} style={{ overflowWrap: 'anywhere' }}>
                {isolateName(name)}
              </Anchor>
              , {formatDateTime(createdAtMs)}
              {status === 'completed' ? '' : `, ${status}`}
            </List.Item>
          ))}
        </List>
      )}
    </SectionCard>
  );
}
