/** Scenarios of each run in the terminal: what was found, and the points or probes that it rests on. */
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { formatBytes, formatCount, formatPercent } from '#shared/format.ts';
import type { ScenarioOutcome } from '#shared/scenarios/scenario.ts';
import { fullConditionText } from '#shared/text/case-text.ts';
import { msText, NOT_KNOWN } from '#shared/text/number-text.ts';
import { pointText, probeVerdictWords, scenarioSentences, scenarioTitles } from '#shared/text/scenario-text.ts';
import { type Column, textTable, wrapText } from './text-table.ts';

const WIDTH = 110;

/** Empty where no run has any. */
export function scenariosText({ rows }: ExperimentResults): string {
  const parts = rows
    .filter(({ run }) => (run.scenarios ?? []).length > 0)
    .map(({ number, run }) => {
      const outcomes = (run.scenarios ?? []).map(outcomeText).join('');
      return `Scenarios of run ${number}, ${run.model.name} on ${fullConditionText(run)}\n${outcomes}`;
    });
  return parts.length === 0 ? '' : `\n${parts.join('\n')}`;
}

function outcomeText(outcome: ScenarioOutcome): string {
  const [first = '', ...others] = scenarioSentences(outcome);
  const words = [`${scenarioTitles[outcome.kind]}: ${first}`, ...others].map((text, index) =>
    wrapText(text, WIDTH, index === 0 ? '  ' : '    '),
  );
  return words.join('') + tableOf(outcome);
}

function tableOf(outcome: ScenarioOutcome): string {
  if (outcome.kind === 'offline' && outcome.result !== null) return pointsTable(outcome.result.points);
  if (outcome.kind === 'server' && outcome.result !== null) return probesTable(outcome.result);
  return '';
}

function pointsTable(points: NonNullable<Extract<ScenarioOutcome, { kind: 'offline' }>['result']>['points']): string {
  const columns: Column[] = [
    { title: 'Point' },
    { title: 'Items/s (95 %)', align: 'right' },
    { title: 'Median ms', align: 'right' },
    { title: 'p99 ms', align: 'right' },
    { title: 'Peak memory', align: 'right' },
    { title: 'Against the best' },
  ];
  const cells = points.map((point) => {
    const { estimate, ciLow, ciHigh } = point.itemsPerSecond;
    const interval = ciLow === null || ciHigh === null ? '' : ` (${formatCount(ciLow)}–${formatCount(ciHigh)})`;
    return [
      pointText(point),
      `${formatCount(estimate)}${interval}`,
      msText(point.latencyMs.p50),
      msText(point.latencyMs.p99),
      formatBytes(point.peakBytes),
      point.verdict,
    ];
  });
  return indent(textTable(columns, cells));
}

function probesTable({ probes }: NonNullable<Extract<ScenarioOutcome, { kind: 'server' }>['result']>): string {
  const columns: Column[] = [
    { title: 'Rate/s', align: 'right' },
    { title: '' },
    { title: 'Requests', align: 'right' },
    { title: 'Answered/s', align: 'right' },
    { title: 'Busy', align: 'right' },
    { title: 'p50 ms', align: 'right' },
    { title: 'p90 ms', align: 'right' },
    { title: 'p95 ms', align: 'right' },
    { title: 'p99 ms', align: 'right' },
    { title: 'Longest queue', align: 'right' },
    { title: 'Over the bound', align: 'right' },
    { title: 'Verdict' },
  ];
  const cells = probes.map((probe) => [
    formatCount(probe.ratePerSecond),
    probe.purpose === 'confirm' ? 'again' : '',
    formatCount(probe.latencyMs.count),
    formatCount(probe.achievedPerSecond),
    formatPercent(probe.utilisation, 0),
    msText(probe.latencyMs.p50),
    msText(probe.latencyMs.p90),
    msText(probe.latencyMs.p95),
    msText(probe.latencyMs.p99),
    String(probe.longestQueue),
    `${formatPercent(probe.overShare.estimate, 2)} (${shareText(probe.overShare.ciLow)}–${shareText(probe.overShare.ciHigh)})`,
    probeVerdictWords[probe.verdict],
  ]);
  return indent(textTable(columns, cells));
}

function shareText(share: number): string {
  return Number.isFinite(share) ? (share * 100).toFixed(2) : NOT_KNOWN;
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '    ');
}
