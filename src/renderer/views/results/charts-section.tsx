import { SegmentedControl, SimpleGrid, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { isMeasured, type MeasuredRow } from '#shared/answer/result-row.ts';
import { marksOf } from '#shared/charts/series-marks.ts';
import { conditionText } from '#shared/text/case-text.ts';
import { commonConfidence } from '#shared/statistics/interval-confidence.ts';
import { intervalsName } from '#shared/text/confidence-text.ts';
import { isolateName } from '#shared/text/name-text.ts';
import { countText } from '#shared/text/number-text.ts';
import { ChartFigure } from '../../charts/chart-figure.tsx';
import { type ChartInk, colourOf } from '../../charts/chart-ink.ts';
import { BubbleKey, ProviderKey } from '../../charts/chart-keys.tsx';
import { distributionChart } from '../../charts/distribution-chart.ts';
import { DRIFT_REMARK, driftChart, roundsOf } from '../../charts/drift-chart.ts';
import { type ComparedRow, isCompared, speedUpChart } from '../../charts/speed-up-chart.ts';
import { type BubbleMeasure, tradeOffChart } from '../../charts/trade-off-chart.ts';
import { type TradeOff, tradeOffOf } from '#shared/charts/trade-off.ts';
import { missingRemark, tradeOffTitles } from '#shared/charts/trade-off-words.ts';
import { FoldedList } from '../../components/folded-list.tsx';
import { SectionCard } from '../../components/section-card.tsx';
import { useChartInk } from './use-chart-ink.ts';

/** The runs as pictures. What they show stands in the table of runs too. */
export function ChartsSection({ results }: { results: ExperimentResults }) {
  const ink = useChartInk();
  const rows = results.rows.filter(isMeasured);
  if (rows.length === 0) return null;
  const compared = rows.filter(isCompared);
  const batchSizes = [...new Set(rows.map(({ run }) => run.settings.batchSize))];
  return (
    <>
      {batchSizes.map((batchSize) => (
        <TradeOffCard
          key={batchSize}
          tradeOff={tradeOffOf(
            results,
            rows.filter(({ run }) => run.settings.batchSize === batchSize),
          )}
          rowCount={rows.filter(({ run }) => run.settings.batchSize === batchSize).length}
          batchSize={batchSizes.length > 1 ? batchSize : null}
          ink={ink}
        />
      ))}
      {compared.length > 0 ? (
        <SectionCard title="Speed against the baseline">
          <ChartFigure
            picture={speedUpChart(compared, { ink })}
            title="Speed against the baseline"
            text={speedText(compared, rows.filter(({ comparison }) => comparison !== null).length - compared.length)}
          />
        </SectionCard>
      ) : null}
      <SectionCard title="Distribution of the latency">
        <ChartFigure
          picture={distributionChart(rows, { ink })}
          title="Distribution of the latency"
          text="Each dot is one inference call; the box holds the middle half of them, the line in it is the median."
        />
      </SectionCard>
      <DriftCard rows={rows} ink={ink} />
    </>
  );
}

/** @param missing runs that were compared in too few rounds */
function speedText(compared: readonly ComparedRow[], missing: number): string {
  const confidence = commonConfidence(compared.map(({ comparison }) => comparison.speedup));
  const words = `The whiskers are ${intervalsName(confidence)}.`;
  if (missing === 0) return words;
  return `${words} ${countText(missing, 'run is', 'runs are')} not shown, because too few shared rounds give no interval.`;
}

function TradeOffCard(props: { tradeOff: TradeOff; rowCount: number; batchSize: number | null; ink: ChartInk }) {
  const { tradeOff, rowCount, batchSize, ink } = props;
  const [chosen, setBubbles] = useState<BubbleMeasure>('memory');
  if (tradeOff.points.length < 2) return null;
  // Size is on an axis there.
  const bubbles = tradeOff.measure === 'size' ? 'memory' : chosen;
  const rows = tradeOff.points.map(({ row }) => row);
  const title = tradeOffTitles[tradeOff.measure];
  const missing = rowCount - rows.length;
  return (
    <SectionCard
      title={batchSize === null ? title : `${title} at batch ${batchSize}`}
      actions={
        tradeOff.measure === 'size' ? null : (
          <SegmentedControl
            aria-label="What the area of a bubble stands for"
            data={[
              { value: 'memory', label: 'Area: peak memory' },
              { value: 'size', label: 'Area: file size' },
            ]}
            value={chosen}
            onChange={(value) => setBubbles(value)}
          />
        )
      }
    >
      <ChartFigure
        picture={tradeOffChart(tradeOff, { ink, bubbles })}
        title={title}
        {...(missing === 0
          ? {}
          : {
              text: missingRemark(missing, tradeOff.measure),
            })}
        chartKey={
          <>
            <ProviderKey rows={rows} ink={ink} />
            <BubbleKey rows={rows} bubbles={bubbles} ink={ink} />
          </>
        }
      />
    </SectionCard>
  );
}

function DriftCard({ rows, ink }: { rows: readonly MeasuredRow[]; ink: ChartInk }) {
  const mark = marksOf(rows);
  const rounds = roundsOf(rows);
  return (
    <SectionCard title="Latency over the rounds" description={DRIFT_REMARK}>
      <SimpleGrid cols={{ base: 1, sm: 2, xl: 3 }} spacing="md">
        <FoldedList items={rows} firstCount={12} noun="run">
          {(row) => (
            <Stack key={row.run.id} gap={2} miw={0}>
              <Text size="xs" fw={600} truncate title={row.run.model.name}>
                #{row.number} {isolateName(row.run.model.name)}{' '}
                <Text span size="xs" c="dimmed">
                  {conditionText(row.run)} · ms
                </Text>
              </Text>
              <ChartFigure
                picture={driftChart(row, { ink, colour: colourOf(mark(row), ink), rounds })}
                title={`Latency of #${row.number} over the rounds`}
              />
            </Stack>
          )}
        </FoldedList>
      </SimpleGrid>
    </SectionCard>
  );
}
