import { List, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { isCompleted } from '#shared/answer/result-row.ts';
import type { LatencyBound } from '#shared/latency-bound.ts';
import type { Sweep } from '#shared/sweet-spot/derive-sweeps.ts';
import { sweepFigure } from '#shared/sweet-spot/sweep-figure.ts';
import { sweetSpotWords } from '#shared/sweet-spot/sweet-spot-text.ts';
import { ChartFigure } from '../../charts/chart-figure.tsx';
import { sweepChart } from '../../charts/sweep-chart.ts';
import { FoldedList } from '../../components/folded-list.tsx';
import { LatencyBoundFields } from '../../components/latency-bound-fields.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import classes from './answer-card.module.css';
import { SweepTable } from './sweep-table.tsx';
import { useChartInk } from './use-chart-ink.ts';

/** With which threads and batch size to run each model, within a bound that is entered here. Nothing until a case is complete. */
export function SweetSpotCard(props: {
  results: ExperimentResults;
  bound: LatencyBound | null;
  onBound: (bound: LatencyBound | null) => void;
}) {
  const { results, bound, onBound } = props;
  const { rows, sweeps } = results;
  // Not by the sweeps: a single case is one only within a bound, and the field to enter it in would go with the bound.
  if (!rows.some(isCompleted)) return null;
  return (
    <SectionCard
      title="Sweet spot"
      description="How to run each model for the most throughput within a latency that you can accept."
      actions={<LatencyBoundFields bound={bound} onChange={onBound} />}
    >
      {sweeps.length === 0 ? (
        <Text c="dimmed" size="sm">
          On each provider, each model was measured in one way only. Enter a latency bound to see whether it holds.
        </Text>
      ) : null}
      <Stack gap="lg">
        <FoldedList items={sweeps} firstCount={4} noun="sweet spot">
          {(sweep) => (
            <SweepPart
              key={`${sweep.model.sha256} ${sweep.provider}`}
              sweep={sweep}
              isOneOfSeveral={sweeps.length > 1}
            />
          )}
        </FoldedList>
      </Stack>
    </SectionCard>
  );
}

function SweepPart({ sweep, isOneOfSeveral }: { sweep: Sweep; isOneOfSeveral: boolean }) {
  const ink = useChartInk();
  const figure = sweepFigure(sweep);
  const { subject, headline, evidence, caveats } = sweetSpotWords(sweep);
  return (
    <section aria-label={`Sweet spot of ${subject}`}>
      {isOneOfSeveral ? (
        <Text c="dimmed" size="xs">
          {subject}
        </Text>
      ) : null}
      <Title order={3} className={classes['headline'] ?? ''}>
        {headline}
      </Title>
      <List size="sm" className={classes['evidence'] ?? ''}>
        {evidence.map((sentence) => (
          <List.Item key={sentence}>{sentence}</List.Item>
        ))}
      </List>
      {caveats.length > 0 ? (
        <div className={classes['caveats']}>
          <IconAlertTriangle size={16} aria-label="But" />
          <div>
            {caveats.map((caveat) => (
              <Text key={caveat}>{caveat}</Text>
            ))}
          </div>
        </div>
      ) : null}
      {sweep.points.length > 1 ? (
        <Stack gap="sm" mt="sm">
          {figure === null ? null : (
            <ChartFigure
              picture={sweepChart(figure, { bound: sweep.bound, ink })}
              title={`Latency against throughput of ${subject}`}
            />
          )}
          <SweepTable sweep={sweep} label={`Ways to run ${subject}`} />
        </Stack>
      ) : null}
    </section>
  );
}
