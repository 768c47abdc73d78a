import { Alert, Code, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatBytes, formatCount, formatDateTime } from '#shared/format.ts';
import { contextTexts, outliersText } from '#shared/text/context-text.ts';
import { namedInterval } from '#shared/text/confidence-text.ts';
import { agreementText, cosineText } from '#shared/text/fidelity-text.ts';
import { completeConditionText, evaluatedDataText, statusText } from '#shared/text/case-text.ts';
import {
  countText,
  msIntervalText,
  msText,
  NOT_KNOWN,
  pointsText,
  pValueText,
  shareIntervalText,
  shareText,
} from '#shared/text/number-text.ts';
import { leftToCpuText, parityFigures, placementSentences } from '#shared/text/placement-text.ts';
import { isCompleted, isMeasured, type MeasuredRow, type ResultRow } from '#shared/answer/result-row.ts';
import { KeyValueList } from '../../components/key-value-list.tsx';
import { OperatorsPart } from './operators-part.tsx';
import { RecordPart } from './record-part.tsx';
import { verdictEvidence, verdictWord } from './run-text.ts';

/** Everything that is known of one run. */
export function RunDetails({ row }: { row: ResultRow }) {
  const { run } = row;
  const warnings = [...(run.stability?.reasons ?? []), ...run.warnings];
  return (
    <Stack gap="md">
      {run.error ? (
        <Alert color="red" title={statusText(run)}>
          <Text style={{ overflowWrap: 'anywhere' }}>{run.error.message}</Text>
        </Alert>
      ) : null}
      {warnings.map(({ kind, message }) => (
        <Alert key={`${kind} ${message}`} color="yellow" p="xs">
          <Text>{message}</Text>
        </Alert>
      ))}
      {isMeasured(row) ? <Times row={row} /> : null}
      {isCompleted(row) ? (
        <Part title="Where its time goes">
          <OperatorsPart runId={run.id} about={row} />
        </Part>
      ) : null}
      <Part title="Case">
        <KeyValueList
          items={[
            { name: 'Condition', value: completeConditionText(run) },
            { name: 'File', value: formatBytes(run.model.sizeBytes) },
            { name: 'SHA-256', value: <Code style={{ overflowWrap: 'anywhere' }}>{run.model.sha256}</Code> },
            { name: 'Measured', value: `${formatDateTime(run.startedAtMs)} to ${formatDateTime(run.endedAtMs)}` },
          ]}
        />
      </Part>
      <RecordPart run={run} />
      <Part title="Results and placement">
        <KeyValueList
          items={[
            {
              name: 'Nodes',
              value:
                run.placement.length === 0
                  ? 'Where they ran was not looked at.'
                  : placementSentences(run.placement).join(' '),
            },
            ...(leftToCpuText(run) === null ? [] : [{ name: 'Left to the CPU', value: leftToCpuText(run) }]),
            { name: 'Same as CPU', value: run.parity?.message ?? 'Compared for other providers than node:cpu only.' },
            ...(run.parity?.passed !== true ? [] : [{ name: 'Figures', value: parityFigures(run.parity).join(', ') }]),
          ]}
        />
      </Part>
      {run.context ? (
        <Part title="The machine meanwhile">
          <KeyValueList items={contextTexts(run.context)} />
        </Part>
      ) : null}
      <QualityPart row={row} />
    </Stack>
  );
}

function Times({ row }: { row: MeasuredRow }) {
  const { latencyMs, sampleCount, blockCount, throughputPerSecond } = row.run;
  const { median, ciLow, ciHigh, confidence, mean, stdDev, mad, min, max, p50, p90, p95, p99 } = latencyMs;
  const verdict = verdictWord(row);
  const evidence = verdictEvidence(row, true);
  const interval = msIntervalText(ciLow, ciHigh);
  return (
    <Part title="Latency of one inference call, ms">
      <KeyValueList
        items={[
          {
            name: 'Median',
            value: `${msText(median)} (${interval === null ? 'no interval' : namedInterval(confidence, interval)})`,
          },
          ...(verdict === null
            ? []
            : [{ name: 'Comparison', value: evidence === null ? verdict : `${verdict} (${evidence})` }]),
          { name: 'p50, p90, p95, p99', value: [p50, p90, p95, p99].map(msText).join(', ') },
          { name: 'Smallest, largest', value: `${msText(min)}, ${msText(max)}` },
          { name: 'Mean, std. dev., MAD', value: [mean, stdDev, mad].map(msText).join(', ') },
          { name: 'Samples', value: `${formatCount(sampleCount)} in ${countText(blockCount, 'block')}` },
          ...(row.run.stability?.outliers
            ? [{ name: 'Outliers', value: outliersText(row.run.stability.outliers) }]
            : []),
          { name: 'Items per second', value: formatCount(throughputPerSecond) },
        ]}
      />
    </Part>
  );
}

function QualityPart({ row: { quality } }: { row: ResultRow }) {
  if (quality === null) return null;
  const { metrics, itemCount, fidelity, paired } = quality;
  const shares = [
    ['Top-1', metrics.top1],
    ['Top-5', metrics.top5],
  ] as const;
  return (
    <Part title={`Quality on ${evaluatedDataText(quality)}, ${countText(itemCount, 'item')}`}>
      <KeyValueList
        items={[
          ...shares.flatMap(([name, share]) =>
            share
              ? [{ name, value: `${shareText(share.value, itemCount)} (${shareIntervalText(share, itemCount)})` }]
              : [],
          ),
          ...(paired
            ? [
                {
                  name: 'Against the original',
                  value: `${paired.verdict}: ${pointsText(paired.difference)} points, 95 % interval ${pointsText(paired.ciLow)} to ${pointsText(paired.ciHigh)}, p ${pValueText(paired.pValue)}`,
                },
              ]
            : []),
          ...(fidelity
            ? [
                { name: 'Cosine', value: cosineText(fidelity.cosine) },
                {
                  name: 'Same class',
                  value:
                    fidelity.top1Agreement === null
                      ? NOT_KNOWN
                      : agreementText(fidelity.top1Agreement, fidelity.itemCount),
                },
              ]
            : []),
        ]}
      />
    </Part>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Title order={3} mb={4}>
        {title}
      </Title>
      {children}
    </section>
  );
}
