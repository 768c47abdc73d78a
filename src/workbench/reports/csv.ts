/** One row per run, RFC 4180: comma, CRLF, quotation marks doubled. Units are in the headers; an empty cell is not known. */
import { leftToCpuText, placementText } from '#shared/text/placement-text.ts';
import { canonicalJson, type JsonObject } from '#shared/json.ts';
import { datasetText, evaluatedDataText, planInputsText } from '#shared/text/case-text.ts';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import type { Sweep } from '#shared/sweet-spot/derive-sweeps.ts';
import { type ScenarioKind, scenarioKinds, type ScenarioOutcome } from '#shared/scenarios/scenario.ts';
import type { Reproduction } from '#shared/reproduction.ts';
import type { RunDetails } from '#shared/run-record.ts';
import { type SustainedChange, sustainedChange } from '#shared/sustained-change.ts';
import { deriveAllResults } from './report-content.ts';
import type { ResultRow } from '#shared/answer/result-row.ts';
import type { ReportWriter } from './report-writer.ts';

type Cell = string | number | boolean | null | undefined;
type Column = {
  header: string;
  read: (
    row: ResultRow,
    about: ExperimentResults,
    details: RunDetails | undefined,
    repeat: Reproduction | null,
  ) => Cell;
};

const columns: Column[] = [
  { header: 'experiment_id', read: (_, { experiment }) => experiment.id },
  { header: 'experiment', read: (_, { experiment }) => experiment.name },
  { header: 'device_fingerprint', read: (_, { experiment }) => experiment.deviceFingerprint },
  { header: 'device', read: (_, { experiment }) => experiment.deviceName },
  { header: 'whittle_version', read: (_, { experiment }) => experiment.environment.whittleVersion },
  { header: 'onnxruntime_node_version', read: (_, { experiment }) => experiment.environment.onnxruntimeNodeVersion },
  { header: 'seed', read: (_, { experiment }) => experiment.plan.seed },
  { header: 'run_id', read: ({ run }) => run.id },
  { header: 'model', read: ({ run }) => run.model.name },
  { header: 'sha256', read: ({ run }) => run.model.sha256 },
  { header: 'size_bytes', read: ({ run }) => run.model.sizeBytes },
  { header: 'provider', read: ({ run }) => run.provider },
  { header: 'intra_op_threads', read: ({ run }) => run.settings.intraOpThreads },
  { header: 'inter_op_threads', read: ({ run }) => run.settings.interOpThreads },
  { header: 'batch_size', read: ({ run }) => run.settings.batchSize },
  { header: 'graph_optimization', read: ({ run }) => run.settings.graphOptimization },
  { header: 'execution_mode', read: ({ run }) => run.settings.executionMode },
  { header: 'spinning', read: ({ run }) => run.settings.spinning },
  { header: 'cpu_arena', read: ({ run }) => run.settings.cpuArena },
  { header: 'memory_pattern', read: ({ run }) => run.settings.memoryPattern },
  { header: 'precise_int8', read: ({ run }) => run.settings.preciseInt8 },
  { header: 'flush_denormals', read: ({ run }) => run.settings.flushDenormals },
  { header: 'session_config', read: ({ run }) => entriesText(run.settings.sessionConfig) },
  { header: 'provider_options', read: ({ run }) => entriesText(run.settings.providerOptions) },
  { header: 'started_at', read: ({ run }) => isoTime(run.startedAtMs) },
  { header: 'ended_at', read: ({ run }) => isoTime(run.endedAtMs) },
  { header: 'status', read: ({ run }) => run.status },
  { header: 'error_kind', read: ({ run }) => run.error?.kind },
  { header: 'error', read: ({ run }) => run.error?.message },
  { header: 'sample_count', read: ({ run }) => run.sampleCount },
  { header: 'block_count', read: ({ run }) => run.blockCount },
  { header: 'latency_median_ms', read: ({ run }) => run.latencyMs?.median },
  { header: 'latency_median_ci95_low_ms', read: ({ run }) => run.latencyMs?.ciLow },
  { header: 'latency_median_ci95_high_ms', read: ({ run }) => run.latencyMs?.ciHigh },
  { header: 'latency_median_confidence', read: ({ run }) => run.latencyMs?.confidence },
  { header: 'latency_mean_ms', read: ({ run }) => run.latencyMs?.mean },
  { header: 'latency_std_dev_ms', read: ({ run }) => run.latencyMs?.stdDev },
  { header: 'latency_mad_ms', read: ({ run }) => run.latencyMs?.mad },
  { header: 'latency_min_ms', read: ({ run }) => run.latencyMs?.min },
  { header: 'latency_max_ms', read: ({ run }) => run.latencyMs?.max },
  { header: 'latency_p50_ms', read: ({ run }) => run.latencyMs?.p50 },
  { header: 'latency_p90_ms', read: ({ run }) => run.latencyMs?.p90 },
  { header: 'latency_p95_ms', read: ({ run }) => run.latencyMs?.p95 },
  { header: 'latency_p99_ms', read: ({ run }) => run.latencyMs?.p99 },
  { header: 'throughput_per_second', read: ({ run }) => run.throughputPerSecond },
  { header: 'load_ms', read: ({ run }) => run.loadMs },
  { header: 'first_run_ms', read: ({ run }) => run.firstRunMs },
  { header: 'warm_up_run_count', read: ({ run }) => run.warmUpRunCount },
  { header: 'memory_baseline_bytes', read: ({ run }) => run.memory.baselineBytes },
  { header: 'memory_loaded_bytes', read: ({ run }) => run.memory.loadedBytes },
  { header: 'memory_peak_bytes', read: ({ run }) => run.memory.peakBytes },
  { header: 'inputs', read: (_, { experiment }) => planInputsText(experiment.plan.inputs) },
  { header: 'interface', read: (_row, _about, details) => details?.record?.runtimeInterface },
  { header: 'process_start_ms', read: (_row, _about, details) => details?.record?.processStartMs },
  { header: 'library_load_ms', read: (_row, _about, details) => details?.record?.libraryLoadMs },
  {
    header: 'memory_after_first_run_bytes',
    read: (_row, _about, details) => details?.record?.memory.afterFirstRun?.residentBytes,
  },
  {
    header: 'memory_after_release_bytes',
    read: (_row, _about, details) => details?.record?.memory.afterRelease?.residentBytes,
  },
  { header: 'sustained_ms', read: (_row, _about, details) => changeOf(details)?.durationMs },
  { header: 'sustained_first_median_ms', read: (_row, _about, details) => changeOf(details)?.startMs },
  { header: 'sustained_last_median_ms', read: (_row, _about, details) => changeOf(details)?.endMs },
  {
    header: 'sustained_reasons',
    read: (_row, _about, details) => details?.sustainedReasons.map(({ message }) => message).join(' '),
  },
  { header: 'other_cores', read: ({ run }) => run.context?.otherCores },
  { header: 'stolen_cores', read: ({ run }) => run.context?.stolenCores },
  { header: 'cpu_pressure', read: ({ run }) => run.context?.cpuPressure },
  { header: 'memory_pressure', read: ({ run }) => run.context?.memoryPressure },
  { header: 'clock_lowest_mhz', read: ({ run }) => run.context?.lowestMegahertz },
  { header: 'clock_highest_mhz', read: ({ run }) => run.context?.highestMegahertz },
  { header: 'throttle_count', read: ({ run }) => run.context?.throttleCount },
  { header: 'energy_joules_per_inference', read: ({ run }) => run.context?.energy?.joulesPerInference },
  { header: 'energy_ci95_low_joules', read: ({ run }) => run.context?.energy?.ciLow },
  { header: 'energy_ci95_high_joules', read: ({ run }) => run.context?.energy?.ciHigh },
  { header: 'stability', read: ({ run }) => run.stability?.verdict },
  { header: 'stability_reasons', read: ({ run }) => run.stability?.reasons.map(({ message }) => message).join(' ') },
  { header: 'warnings', read: ({ run }) => run.warnings.map(({ message }) => message).join(' ') },
  { header: 'parity_passed', read: ({ run }) => run.parity?.passed },
  { header: 'parity_max_absolute_error', read: ({ run }) => run.parity?.maxAbsoluteError },
  { header: 'parity_tolerance_ratio', read: ({ run }) => run.parity?.toleranceRatio },
  { header: 'parity_cosine', read: ({ run }) => run.parity?.cosine },
  { header: 'parity_top1_agreement', read: ({ run }) => run.parity?.top1Agreement },
  { header: 'placement', read: ({ run }) => placementText(run.placement) },
  { header: 'left_to_cpu', read: ({ run }) => leftToCpuText(run) },
  { header: 'baseline_run_id', read: ({ comparison }) => comparison?.baselineRunId },
  { header: 'speedup', read: ({ comparison }) => comparison?.speedup.estimate },
  { header: 'speedup_ci95_low', read: ({ comparison }) => comparison?.speedup.ciLow },
  { header: 'speedup_ci95_high', read: ({ comparison }) => comparison?.speedup.ciHigh },
  { header: 'speedup_confidence', read: ({ comparison }) => comparison?.speedup.confidence },
  { header: 'paired_round_count', read: ({ comparison }) => comparison?.pairCount },
  { header: 'verdict', read: ({ comparison }) => comparison?.verdict },
  { header: 'latency_bound_ms', read: (row, about) => pointOf(row, about)?.sweep.bound?.ms },
  { header: 'latency_bound_statistic', read: (row, about) => pointOf(row, about)?.sweep.bound?.statistic },
  { header: 'latency_bound_verdict', read: (row, about) => pointOf(row, about)?.point.verdict },
  { header: 'is_sweet_spot', read: (row, about) => isSweetSpot(pointOf(row, about)) },
  { header: 'server_rate_per_second', read: (row) => resultOf(row, 'server')?.ratePerSecond },
  { header: 'server_verdict', read: (row) => resultOf(row, 'server')?.verdict },
  { header: 'server_latency_bound_ms', read: (row) => resultOf(row, 'server')?.latencyBoundMs },
  { header: 'offline_items_per_second', read: (row) => resultOf(row, 'offline')?.points[0]?.itemsPerSecond.estimate },
  { header: 'offline_batch_size', read: (row) => resultOf(row, 'offline')?.points[0]?.batchSize },
  { header: 'offline_instance_count', read: (row) => resultOf(row, 'offline')?.points[0]?.instanceCount },
  { header: 'multi_stream_p99_ms', read: (row) => resultOf(row, 'multi-stream')?.latencyMs.p99 },
  { header: 'single_stream_p90_ms', read: (row) => resultOf(row, 'single-stream')?.latencyMs.p90 },
  { header: 'reproduces_experiment_id', read: (_, { experiment }) => experiment.plan.reproduces },
  {
    header: 'repeat_verdict',
    read: ({ run }, _about, _record, repeat) => repeat?.runs.find(({ runId }) => runId === run.id)?.verdict,
  },
  ...scenarioKinds.map((kind): Column => ({
    header: `${kind.replace('-', '_')}_repeat_verdict`,
    read: ({ run }, _about, _record, repeat) =>
      repeat?.scenarios.find((item) => item.runId === run.id && item.kind === kind)?.verdict,
  })),
  { header: 'accuracy_dataset', read: ({ quality }) => quality && evaluatedDataText(quality) },
  { header: 'accuracy_item_count', read: ({ quality }) => quality?.itemCount },
  { header: 'top1', read: ({ quality }) => quality?.metrics.top1?.value },
  { header: 'top1_ci95_low', read: ({ quality }) => quality?.metrics.top1?.ciLow },
  { header: 'top1_ci95_high', read: ({ quality }) => quality?.metrics.top1?.ciHigh },
  { header: 'top5', read: ({ quality }) => quality?.metrics.top5?.value },
  { header: 'top1_difference', read: ({ quality }) => quality?.paired?.difference },
  { header: 'top1_difference_ci95_low', read: ({ quality }) => quality?.paired?.ciLow },
  { header: 'top1_difference_ci95_high', read: ({ quality }) => quality?.paired?.ciHigh },
  { header: 'top1_difference_p_value', read: ({ quality }) => quality?.paired?.pValue },
  { header: 'top1_reference_sha256', read: ({ quality }) => quality?.referenceId },
  { header: 'fidelity_dataset', read: ({ fidelity }) => fidelity && datasetText(fidelity.datasetId) },
  { header: 'fidelity_item_count', read: ({ fidelity }) => fidelity?.itemCount },
  { header: 'fidelity_reference_sha256', read: ({ fidelity }) => fidelity?.referenceId },
  { header: 'fidelity_cosine', read: ({ fidelity }) => fidelity?.fidelity?.cosine },
  { header: 'fidelity_sqnr_db', read: ({ fidelity }) => fidelity?.fidelity?.sqnrDb },
  { header: 'fidelity_kl_divergence_nats', read: ({ fidelity }) => fidelity?.fidelity?.klDivergence },
  { header: 'fidelity_max_absolute_error', read: ({ fidelity }) => fidelity?.fidelity?.maxAbsoluteError },
  { header: 'fidelity_top1_agreement', read: ({ fidelity }) => fidelity?.fidelity?.top1Agreement },
];

export const csvReport: ReportWriter = {
  mediaType: 'text/csv; charset=utf-8',
  extension: '.csv',
  render(content) {
    const lines = deriveAllResults(content).flatMap((about) => {
      const repeat = content.reproductionsById?.get(about.experiment.id) ?? null;
      return about.rows.map((row) => {
        const details = content.detailsByRunId?.get(row.run.id);
        return columns.map(({ read }) => csvCell(read(row, about, details, repeat)));
      });
    });
    return [columns.map(({ header }) => header), ...lines].map((line) => `${line.join(',')}\r\n`).join('');
  },
};

/** Numbers are written in full; a text that a spreadsheet would run as a formula begins with an apostrophe. */
export function csvCell(value: Cell): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const text = /^[\s\0]*[=+\-@＝＋－＠]|^[\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$|^'/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function changeOf(details: RunDetails | undefined): SustainedChange | null {
  return sustainedChange(details?.sustained ?? []);
}

type ResultOf<Kind extends ScenarioKind> = Extract<ScenarioOutcome, { kind: Kind }>['result'];

function resultOf<Kind extends ScenarioKind>({ run }: ResultRow, kind: Kind): ResultOf<Kind> {
  const outcome = run.scenarios?.find((item) => item.kind === kind);
  return (outcome?.result ?? null) as ResultOf<Kind>;
}

type PointOfSweep = { sweep: Sweep; point: Sweep['points'][number] };

function pointOf({ run }: ResultRow, { sweeps }: ExperimentResults): PointOfSweep | undefined {
  return sweeps
    .flatMap((sweep) => sweep.points.map((point) => ({ sweep, point })))
    .find(({ point }) => point.row.run.id === run.id);
}

function isSweetSpot(found: PointOfSweep | undefined): boolean | null {
  if (found === undefined) return null;
  const { sweetSpot } = found.sweep;
  return sweetSpot.kind === 'chosen' && sweetSpot.chosen === found.point;
}

/** Sorted JSON; empty where everything is as by default. */
function entriesText(entries: JsonObject): string | null {
  return Object.keys(entries).length === 0 ? null : canonicalJson(entries);
}

function isoTime(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
