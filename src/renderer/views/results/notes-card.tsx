import { List, Stack, Text } from '@mantine/core';
import { conditionText, statusText } from '#shared/text/case-text.ts';
import { isolateName } from '#shared/text/name-text.ts';
import { runNumbersText } from '#shared/text/run-numbers-text.ts';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { SectionCard } from '../../components/section-card.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';

/** What could not be measured and why, and what speaks against trusting the rest. */
export function NotesCard({ results }: { results: ExperimentResults }) {
  const { notes, unfinishedRows, rows } = results;
  return (
    <>
      {unfinishedRows.length > 0 ? (
        <SectionCard title="What could not be measured">
          <Stack gap="sm">
            {unfinishedRows.map(({ number, run }) => (
              <div key={run.id}>
                <Text fw={500} component="div" style={{ overflowWrap: 'anywhere' }}>
                  #{number} {isolateName(run.model.name)}{' '}
                  <Text span size="xs" c="dimmed">
                    {conditionText(run)}
                  </Text>{' '}
                  <StatusBadge tone={run.status === 'failed' ? 'bad' : 'off'}>{statusText(run)}</StatusBadge>
                </Text>
                {run.error ? <Text style={{ overflowWrap: 'anywhere' }}>{run.error.message}</Text> : null}
              </div>
            ))}
          </Stack>
        </SectionCard>
      ) : null}
      {notes.length > 0 ? (
        <SectionCard title="Notes on the runs">
          <List size="sm">
            {notes.map(({ kind, message, runNumbers }) => (
              <List.Item key={`${kind} ${message}`}>
                {message}{' '}
                <Text span c="dimmed">
                  ({runNumbersText(runNumbers, rows.length)})
                </Text>
              </List.Item>
            ))}
          </List>
        </SectionCard>
      ) : null}
    </>
  );
}
