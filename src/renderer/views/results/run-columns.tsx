import { Text, Tooltip, UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatBytes, formatCount } from '#shared/format.ts';
import { conditionText, evaluatedDataText, statusText } from '#shared/text/case-text.ts';
import type { IntervalConfidence } from '#shared/statistics/interval-confidence.ts';
import { intervalName } from '#shared/text/confidence-text.ts';
import { isolateName } from '#shared/text/name-text.ts';
import { leftToCpuText, parityFigures, placementText } from '#shared/text/placement-text.ts';
import { isMostlyOnCpu } from '#shared/placement.ts';
import { msIntervalText, msText, NOT_KNOWN, shareIntervalText, shareText } from '#shared/text/number-text.ts';
import { FIDELITY_TITLE, type FidelityCell } from '#shared/answer/fidelity-column.ts';
import { isMeasured, type ResultRow } from '#shared/answer/result-row.ts';
import type { DataColumn } from '../../components/data-table.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import {
  missingPercentileText,
  type Percentile,
  reasonsText,
  speedupOf,
  verdictEvidence,
  verdictWord,
} from './run-text.ts';
import classes from './runs-table.module.css';

type Column = DataColumn<ResultRow>;

/**
 * @param options.confidence of all intervals in a column together
 * @param options.hasSeveralBaselines then each comparison names its own
 * @param options.fidelity in the place of accuracy, where that is not known
 */
export function runColumns(options: {
  confidence: { medians: IntervalConfidence | null; ratios: IntervalConfidence | null };
  hasSeveralBaselines: boolean;
  fidelity: ((row: ResultRow) => FidelityCell) | null;
  onOpen: (runId: string) => void;
}): Column[] {
  return [
    runColumn(options.onOpen),
    medianColumn(options.confidence.medians),
    verdictColumn(options.confidence.ratios, options.hasSeveralBaselines),
    // What a choice weighs comes first; what explains it may lie beyond the edge of a small window.
    options.fidelity === null ? accuracyColumn : fidelityColumnOf(options.fidelity),
    figureColumn('size', 'Size', 'The file and its external data', {
      valueOf: ({ run }) => run.model.sizeBytes,
      text: formatBytes,
    }),
    figureColumn(
      'memory',
      'Peak memory',
      'Most resident memory of the process that ran it, Node.js and ONNX Runtime included',
      {
        valueOf: ({ run }) => run.memory.peakBytes,
        text: formatBytes,
      },
    ),
    stabilityColumn,
    ...(['p90', 'p95', 'p99'] as const).map(percentileColumn),
    {
      id: 'throughput',
      header: 'Per second',
      hint: 'Items per second at this batch size, one inference at a time',
      isNumeric: true,
      sortBy: (row) => (isMeasured(row) ? row.run.throughputPerSecond : null),
      cell: (row) => (isMeasured(row) ? formatCount(row.run.throughputPerSecond) : NOT_KNOWN),
    },
    figureColumn('load', 'Load', 'Time to create the session, ms', { valueOf: ({ run }) => run.loadMs, text: msText }),
    figureColumn('first', 'First run', 'Time of the first inference, ms', {
      valueOf: ({ run }) => run.firstRunMs,
      text: msText,
    }),
    placementColumn,
    parityColumn,
  ];
}

function runColumn(onOpen: (runId: string) => void): Column {
  return {
    id: 'run',
    header: 'Run',
    sortBy: ({ number }) => number,
    cell: ({ number, run }) => (
      <div className={classes['name']}>
        <UnstyledButton className={classes['open'] ?? ''} onClick={() => onOpen(run.id)}>
          #{number} {isolateName(run.model.name)}
        </UnstyledButton>
        <Below>{conditionText(run)}</Below>
      </div>
    ),
  };
}

const medianColumn = (confidence: IntervalConfidence | null): Column => ({
  id: 'median',
  header: 'Median (ms)',
  hint: `Of one inference call; below it its ${intervalName(confidence)}`,
  isNumeric: true,
  sortBy: (row) => (isMeasured(row) ? row.run.latencyMs.median : null),
  cell: (row) => {
    const { run } = row;
    if (!isMeasured(row)) return <span className={classes['bad']}>{statusText(run)}</span>;
    const { median, ciLow, ciHigh } = row.run.latencyMs;
    return (
      <>
        {msText(median)}
        <Below>{msIntervalText(ciLow, ciHigh) ?? 'no interval'}</Below>
        {run.status === 'completed' ? null : <Below>{statusText(run)}</Below>}
      </>
    );
  },
});

function verdictColumn(confidence: IntervalConfidence | null, hasSeveralBaselines: boolean): Column {
  return {
    id: 'verdict',
    header: 'Against baseline',
    hint: `From blocks that were measured back to back; below it the ratio’s ${intervalName(confidence)}`,
    sortBy: speedupOf,
    cell: (row) => (
      <div className={classes['verdict']} data-verdict={row.comparison?.verdict}>
        {verdictWord(row) ?? NOT_KNOWN}
        <Below>{verdictEvidence(row, hasSeveralBaselines)}</Below>
      </div>
    ),
  };
}

function percentileColumn(name: Percentile): Column {
  return {
    id: name,
    header: name,
    hint: 'ms; “—” where the samples are too few to claim it',
    isNumeric: true,
    sortBy: (row) => (isMeasured(row) ? row.run.latencyMs[name] : null),
    cell: (row) => {
      if (!isMeasured(row)) return NOT_KNOWN;
      const missing = missingPercentileText(row.run.latencyMs, name, row.run.sampleCount);
      if (missing === null) return msText(row.run.latencyMs[name]);
      return (
        <Tooltip label={missing}>
          <span className={classes['hinted']} tabIndex={0} role="note" aria-label={missing}>
            {NOT_KNOWN}
          </span>
        </Tooltip>
      );
    },
  };
}

function figureColumn(
  id: string,
  header: string,
  hint: string,
  figure: { valueOf: (row: ResultRow) => number | null; text: (value: number | null) => string },
): Column {
  return {
    id,
    header,
    hint,
    isNumeric: true,
    sortBy: figure.valueOf,
    cell: (row) => figure.text(figure.valueOf(row)),
  };
}

const accuracyColumn: Column = {
  id: 'accuracy',
  header: 'Top-1',
  hint: 'Accuracy of this file on this provider and machine; below it its 95 % interval',
  isNumeric: true,
  sortBy: ({ quality }) => quality?.metrics.top1?.value ?? null,
  cell: ({ quality }) => {
    const top1 = quality?.metrics.top1;
    if (!quality || !top1) return <span className={classes['faint']}>not measured</span>;
    return (
      <span title={`On ${evaluatedDataText(quality)}`}>
        {shareText(top1.value, quality.itemCount)}
        <Below>{shareIntervalText(top1, quality.itemCount)}</Below>
      </span>
    );
  },
};

function fidelityColumnOf(cellOf: (row: ResultRow) => FidelityCell): Column {
  return {
    id: 'fidelity',
    header: FIDELITY_TITLE,
    hint: 'How close its outputs stay to those of the first model; accuracy was not measured',
    isNumeric: true,
    sortBy: ({ fidelity }) => fidelity?.fidelity?.top1Agreement ?? fidelity?.fidelity?.cosine ?? null,
    cell: (row) => {
      const { text, detail } = cellOf(row);
      if (detail === null) return <span className={classes['faint']}>{text}</span>;
      return (
        <>
          {text}
          <Below>{detail}</Below>
        </>
      );
    },
  };
}

const stabilityColumn: Column = {
  id: 'stability',
  header: 'Stability',
  hint: 'Whether the median can be trusted to repeat',
  sortBy: ({ run }) => run.stability?.verdict ?? null,
  cell: (row) => {
    const { stability } = row.run;
    if (stability === null || !isMeasured(row)) return NOT_KNOWN;
    if (stability.verdict === 'stable') return <StatusBadge tone="good">stable</StatusBadge>;
    return (
      <Tooltip label={stability.reasons.map(({ message }) => message).join(' ')}>
        <div tabIndex={0} className={classes['nowrap']}>
          <StatusBadge tone="warn">unstable</StatusBadge>
          <Below>{reasonsText(stability.reasons)}</Below>
        </div>
      </Tooltip>
    );
  },
};

const placementColumn: Column = {
  id: 'placement',
  header: 'Ran on',
  hint: 'Share of the time, from a profiled pass of its own',
  cell: ({ run }) => {
    const text = <span className={classes['nowrap']}>{placementText(run.placement) ?? NOT_KNOWN}</span>;
    const left = leftToCpuText(run);
    if (left === null) return text;
    return (
      <Tooltip label={`Left to the CPU: ${left}`} multiline maw={420}>
        <div tabIndex={0}>
          {text}
          {isMostlyOnCpu(run) ? <StatusBadge tone="warn">mostly on the CPU</StatusBadge> : null}
        </div>
      </Tooltip>
    );
  },
};

const parityColumn: Column = {
  id: 'parity',
  header: 'Same as CPU',
  hint: 'Whether the provider gives the outputs that node:cpu gives',
  cell: ({ run }) => {
    if (run.parity === null) return NOT_KNOWN;
    return (
      <Tooltip label={[run.parity.message, parityFigures(run.parity).join(', ')].join(' ')} multiline maw={420}>
        <span tabIndex={0}>
          <StatusBadge tone={run.parity.passed ? 'good' : 'bad'}>{run.parity.passed ? 'yes' : 'no'}</StatusBadge>
        </span>
      </Tooltip>
    );
  },
};

function Below({ children }: { children: ReactNode }) {
  if (children === null) return null;
  return (
    <Text size="xs" c="dimmed">
      {children}
    </Text>
  );
}
