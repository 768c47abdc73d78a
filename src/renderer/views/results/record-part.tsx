import { Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Run } from '#shared/run.ts';
import { inputTexts, memoryTexts, phaseTexts } from '#shared/text/record-text.ts';
import { orpc } from '../../api/client.ts';
import { ChartFigure } from '../../charts/chart-figure.tsx';
import { memoryChart } from '../../charts/memory-chart.ts';
import { SUSTAINED_REMARK, sustainedChart } from '../../charts/sustained-chart.ts';
import { ErrorMessage } from '../../components/error-message.tsx';
import { KeyValueList } from '../../components/key-value-list.tsx';
import { useChartInk } from './use-chart-ink.ts';

/** Phases and memory of a run's process, with what they were over time. */
export function RecordPart({ run }: { run: Run }) {
  const ink = useChartInk();
  const { data, error } = useQuery(orpc.runs.record.queryOptions({ input: { runId: run.id } }));
  if (error) return <ErrorMessage error={error} title="Its phases could not be read" />;
  if (!data) return null;
  const line = data.record?.memory.line ?? [];
  const inputs = inputTexts(data);
  return (
    <>
      {inputs.length > 0 ? (
        <section>
          <Title order={3} mb={4}>
            Inputs
          </Title>
          <KeyValueList items={inputs} />
        </section>
      ) : null}
      <section>
        <Title order={3} mb={4}>
          Phases
        </Title>
        <KeyValueList items={phaseTexts(run, data)} />
        {data.sustained.length > 1 ? (
          <ChartFigure
            picture={sustainedChart(data.sustained, { ink })}
            title="Latency during continuous use"
            text={SUSTAINED_REMARK}
          />
        ) : null}
      </section>
      <section>
        <Title order={3} mb={4}>
          Memory of the process
        </Title>
        <KeyValueList items={memoryTexts(run, data)} />
        {line.length > 1 ? <ChartFigure picture={memoryChart(line, { ink })} title="Memory over time" /> : null}
      </section>
    </>
  );
}
