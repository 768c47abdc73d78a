import { Box, List, Stack, Text, Title } from '@mantine/core';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { isMeasured } from '#shared/answer/result-row.ts';
import type { LatencyBound } from '#shared/latency-bound.ts';
import { offlineFigure } from '#shared/scenarios/offline-figure.ts';
import { NO_RATE_CURVE, rateFigure } from '#shared/scenarios/rate-figure.ts';
import type { ScenarioOutcome } from '#shared/scenarios/scenario.ts';
import { scenarioTable } from '#shared/text/scenario-table.ts';
import { scenarioSentences, scenarioTitles } from '#shared/text/scenario-text.ts';
import { ChartFigure } from '../../charts/chart-figure.tsx';
import { LineKey } from '../../charts/chart-keys.tsx';
import { offlineChart } from '../../charts/offline-chart.ts';
import { rateChart } from '../../charts/rate-chart.ts';
import { FigureTable } from '../../components/figure-table.tsx';
import { FoldedList } from '../../components/folded-list.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import { StatusBadge, type StatusTone } from '../../components/status-badge.tsx';
import { RunTitle } from './run-title.tsx';
import { useChartInk } from './use-chart-ink.ts';

/** What the scenarios of each run found. Nothing where none was asked for. */
export function ScenariosCard({ results }: { results: ExperimentResults }) {
  const { rows, latencyBound } = results;
  const shown = rows.filter(({ run }) => (run.scenarios ?? []).length > 0);
  if (shown.length === 0) return null;
  return (
    <SectionCard title="Scenarios" description="Ways in which a model is asked in use, as MLPerf defines them.">
      <Stack gap="lg">
        <FoldedList items={shown} firstCount={4} noun="run">
          {(row) => (
            <section key={row.run.id} aria-label={`Scenarios of #${row.number}`}>
              <RunTitle row={row} />
              <Stack gap="md" mt="xs">
                {isMeasured(row) || (row.run.scenarios ?? []).some(({ result }) => result !== null) ? (
                  (row.run.scenarios ?? []).map((outcome) => (
                    <Outcome key={outcome.kind} outcome={outcome} bound={latencyBound} />
                  ))
                ) : (
                  <Text c="dimmed">The case itself could not be measured, so neither could its scenarios.</Text>
                )}
              </Stack>
            </section>
          )}
        </FoldedList>
      </Stack>
    </SectionCard>
  );
}

const states: Record<ScenarioOutcome['status'], { word: string; tone: StatusTone }> = {
  pending: { word: 'Not complete', tone: 'idle' },
  completed: { word: 'Completed', tone: 'good' },
  failed: { word: 'Failed', tone: 'bad' },
  unsupported: { word: 'Not possible here', tone: 'off' },
};

function Outcome({ outcome, bound }: { outcome: ScenarioOutcome; bound: LatencyBound | null }) {
  const [headline = '', ...others] = scenarioSentences(outcome, bound);
  const { word, tone } = states[outcome.status];
  return (
    <div>
      <Title order={3} size="h4" style={{ overflowWrap: 'anywhere' }}>
        {scenarioTitles[outcome.kind]}: {headline}
      </Title>
      {outcome.status === 'completed' ? null : <StatusBadge tone={tone}>{word}</StatusBadge>}
      {others.length === 0 ? null : (
        <List size="sm" mt={4}>
          {others.map((sentence) => (
            <List.Item key={sentence}>{sentence}</List.Item>
          ))}
        </List>
      )}
      <RateCurve outcome={outcome} />
      <OfflineCurves outcome={outcome} bound={bound} />
      <Figures outcome={outcome} bound={bound} />
    </div>
  );
}

function RateCurve({ outcome }: { outcome: ScenarioOutcome }) {
  const ink = useChartInk();
  if (outcome.kind !== 'server' || outcome.result === null) return null;
  const figure = rateFigure(outcome.result);
  if (figure === null) {
    return (
      <Text size="xs" c="dimmed" mt={4}>
        {NO_RATE_CURVE}
      </Text>
    );
  }
  return <ChartFigure picture={rateChart(figure, { ink })} title="Latency against the rate of requests" />;
}

function OfflineCurves({ outcome, bound }: { outcome: ScenarioOutcome; bound: LatencyBound | null }) {
  const ink = useChartInk();
  if (outcome.kind !== 'offline' || outcome.result === null) return null;
  const figure = offlineFigure(outcome.result, bound);
  return figure === null ? null : (
    <ChartFigure
      picture={offlineChart(figure, { ink })}
      title="Throughput over the batch"
      chartKey={<LineKey lines={figure.curves} ink={ink} />}
    />
  );
}

function Figures({ outcome, bound }: { outcome: ScenarioOutcome; bound: LatencyBound | null }) {
  const table = scenarioTable(outcome, bound);
  if (table === null) return null;
  return (
    <Box mt="xs">
      <FigureTable label={`Figures of ${scenarioTitles[outcome.kind]}`} table={table} />
    </Box>
  );
}
