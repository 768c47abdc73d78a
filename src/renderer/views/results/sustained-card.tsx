import { SimpleGrid, Stack, Text } from '@mantine/core';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import type { ResultRow } from '#shared/answer/result-row.ts';
import { marksOf } from '#shared/charts/series-marks.ts';
import { formatDuration } from '#shared/format.ts';
import type { RunDetails } from '#shared/run-record.ts';
import { countText } from '#shared/text/number-text.ts';
import { sustainedText, type SustainedVerdict, sustainedVerdict } from '#shared/text/sustained-text.ts';
import { ChartFigure } from '../../charts/chart-figure.tsx';
import { type ChartInk, colourOf } from '../../charts/chart-ink.ts';
import { SUSTAINED_REMARK, sustainedChart } from '../../charts/sustained-chart.ts';
import { FoldedList } from '../../components/folded-list.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import { StatusBadge, type StatusTone } from '../../components/status-badge.tsx';
import { RunTitle } from './run-title.tsx';
import { useChartInk } from './use-chart-ink.ts';

const tones: Record<SustainedVerdict, StatusTone> = {
  stable: 'good',
  'may not repeat': 'warn',
  'too short to judge': 'idle',
};

/** How fast each run stayed while it was used without a pause. Nothing where none was. */
export function SustainedCard(props: { results: ExperimentResults; detailsByRunId: ReadonlyMap<string, RunDetails> }) {
  const ink = useChartInk();
  const { rows, experiment } = props.results;
  const used = rows.flatMap((row) => {
    const details = props.detailsByRunId.get(row.run.id);
    return details !== undefined && details.sustained.length > 0 ? [{ row, details }] : [];
  });
  if (used.length === 0) return null;
  const mark = marksOf(rows);
  const planned = formatDuration(experiment.plan.sustainedSeconds * 1000);
  const missing = rows.length - used.length;
  const missingText = missing === 0 ? '' : ` ${countText(missing, 'run was', 'runs were')} not used so.`;
  return (
    <SectionCard
      title="Continuous use"
      description={`After measuring, ${planned} without a pause, one run after the other.${missingText} ${SUSTAINED_REMARK}`}
    >
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <FoldedList items={used} firstCount={6} noun="run">
          {({ row, details }) => (
            <SustainedRun key={row.run.id} row={row} details={details} ink={ink} colour={colourOf(mark(row), ink)} />
          )}
        </FoldedList>
      </SimpleGrid>
    </SectionCard>
  );
}

function SustainedRun(props: { row: ResultRow; details: RunDetails; ink: ChartInk; colour: string }) {
  const { row, details, ink, colour } = props;
  const { sustained, sustainedReasons } = details;
  const verdict = sustainedVerdict(details);
  return (
    <Stack component="section" gap={2} miw={0} aria-label={`Continuous use of #${row.number}`}>
      <RunTitle row={row} />
      <Text>{sustainedText(sustained)}.</Text>
      <StatusBadge tone={tones[verdict]}>{verdict}</StatusBadge>
      {sustainedReasons.length === 0 ? null : (
        <Text size="xs" c="dimmed">
          {sustainedReasons.map(({ message }) => message).join(' ')}
        </Text>
      )}
      {sustained.length > 1 ? (
        <ChartFigure
          picture={sustainedChart(sustained, { ink, colour })}
          title={`Latency of #${row.number} during continuous use`}
        />
      ) : null}
    </Stack>
  );
}
