/** Runs and their blocks of raw samples. Statistics are not here: they are derived when read. */
import { z } from 'zod';
import { errorDataSchema } from '#shared/app-error.ts';
import { blockContextSchema } from '#shared/block-context.ts';
import { caseSettingsSchema } from '#shared/case.ts';
import { type OperatorProfile, operatorProfileSchema } from '#shared/operator-profile.ts';
import { providerIdSchema } from '#shared/provider.ts';
import {
  paritySchema,
  placementSchema,
  type Run,
  type SampleBlock,
  runStatusSchema,
  runWarningSchema,
} from '#shared/run.ts';
import {
  fromJsonColumn,
  fromNullableJsonColumn,
  fromPathColumn,
  fromSamplesColumn,
  toJsonColumn,
  toNullableJsonColumn,
  toPathColumn,
  toSamplesColumn,
} from './columns.ts';
import type { StoreDatabase } from './store-database.ts';

export type StoredRun = Omit<
  Run,
  | 'latencyMs'
  | 'sampleCount'
  | 'blockCount'
  | 'throughputPerSecond'
  | 'stability'
  | 'context'
  | 'findings'
  | 'scenarios'
>;

/** What becomes known while a run is measured. */
export type RunFacts = Partial<
  Pick<
    StoredRun,
    | 'status'
    | 'error'
    | 'loadMs'
    | 'firstRunMs'
    | 'warmUpRunCount'
    | 'memory'
    | 'placement'
    | 'parity'
    | 'warnings'
    | 'startedAtMs'
    | 'endedAtMs'
  >
>;

type RunRow = {
  id: string;
  experiment_id: string;
  model_name: string;
  model_path: string | null;
  model_sha256: string;
  model_size_bytes: number;
  provider: string;
  settings: string;
  status: string;
  error: string | null;
  load_ms: number | null;
  first_run_ms: number | null;
  warm_up_run_count: number | null;
  baseline_bytes: number | null;
  loaded_bytes: number | null;
  peak_bytes: number | null;
  placement: string;
  parity: string | null;
  warnings: string;
  started_at_ms: number | null;
  ended_at_ms: number | null;
};

type BlockRow = { block_index: number; round: number; started_at_ms: number; samples: Buffer; context: string | null };

export function createRunRows({ sqlite, write, homePath }: StoreDatabase) {
  const selectOf = sqlite.prepare<[string], RunRow>('SELECT * FROM runs WHERE experiment_id = ? ORDER BY position');
  const select = sqlite.prepare<[string], RunRow>('SELECT * FROM runs WHERE id = ?');
  const insert = sqlite.prepare(
    'INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const update = sqlite.prepare(
    `UPDATE runs SET status = ?, error = ?, load_ms = ?, first_run_ms = ?, warm_up_run_count = ?, baseline_bytes = ?,
       loaded_bytes = ?, peak_bytes = ?, placement = ?, parity = ?, warnings = ?, started_at_ms = ?, ended_at_ms = ?
     WHERE id = ?`,
  );
  const insertBlock = sqlite.prepare('INSERT INTO sample_blocks VALUES (?, ?, ?, ?, ?, ?)');
  const selectBlocks = sqlite.prepare<[string], BlockRow>(
    'SELECT block_index, round, started_at_ms, samples, context FROM sample_blocks WHERE run_id = ? ORDER BY block_index',
  );
  const countBlocks = sqlite.prepare<[string], { count: number }>(
    'SELECT count(*) AS count FROM sample_blocks WHERE run_id = ?',
  );

  const insertOperators = sqlite.prepare(
    'INSERT INTO operator_profiles VALUES (?, ?) ON CONFLICT DO UPDATE SET profile = excluded.profile',
  );
  const selectOperators = sqlite.prepare<[string], { profile: string }>(
    'SELECT profile FROM operator_profiles WHERE run_id = ?',
  );

  const toRun = (row: RunRow): StoredRun => ({
    id: row.id,
    experimentId: row.experiment_id,
    model: {
      name: row.model_name,
      path: row.model_path === null ? null : fromPathColumn(homePath, row.model_path),
      sha256: row.model_sha256,
      sizeBytes: row.model_size_bytes,
    },
    provider: providerIdSchema.parse(row.provider),
    settings: fromJsonColumn(caseSettingsSchema, row.settings),
    status: runStatusSchema.parse(row.status),
    error: fromNullableJsonColumn(errorDataSchema, row.error),
    loadMs: row.load_ms,
    firstRunMs: row.first_run_ms,
    warmUpRunCount: row.warm_up_run_count,
    memory: { baselineBytes: row.baseline_bytes, loadedBytes: row.loaded_bytes, peakBytes: row.peak_bytes },
    placement: fromJsonColumn(z.array(placementSchema), row.placement),
    parity: fromNullableJsonColumn(paritySchema, row.parity),
    warnings: fromJsonColumn(z.array(runWarningSchema), row.warnings),
    startedAtMs: row.started_at_ms,
    endedAtMs: row.ended_at_ms,
  });
  const get = (id: string): StoredRun | null => {
    const row = select.get(id);
    return row ? toRun(row) : null;
  };

  return {
    listOf: (experimentId: string): StoredRun[] => selectOf.all(experimentId).map(toRun),
    get,
    add: (run: StoredRun, position: number): void =>
      write(
        () =>
          void insert.run(
            run.id,
            run.experimentId,
            position,
            run.model.name,
            run.model.path === null ? null : toPathColumn(homePath, run.model.path),
            run.model.sha256,
            run.model.sizeBytes,
            run.provider,
            toJsonColumn(run.settings),
            ...factColumns(run),
          ),
      ),
    save: (id: string, facts: RunFacts): void =>
      write(() => {
        const run = get(id);
        if (run) update.run(...factColumns({ ...run, ...facts }), id);
      }),
    addBlock: (runId: string, block: Omit<SampleBlock, 'samplesMs'> & { samplesMs: ArrayLike<number> }): void =>
      write(
        () =>
          void insertBlock.run(
            runId,
            block.blockIndex,
            block.round,
            block.startedAtMs,
            toSamplesColumn(block.samplesMs),
            toNullableJsonColumn(block.context),
          ),
      ),
    blocks: (runId: string): SampleBlock[] =>
      selectBlocks.all(runId).map((row) => ({
        blockIndex: row.block_index,
        round: row.round,
        startedAtMs: row.started_at_ms,
        samplesMs: Array.from(fromSamplesColumn(row.samples)),
        context: fromNullableJsonColumn(blockContextSchema, row.context),
      })),
    saveOperators: (runId: string, profile: OperatorProfile): void =>
      write(() => void insertOperators.run(runId, toJsonColumn(profile))),
    /** null for a run that was not profiled. */
    operators: (runId: string): OperatorProfile | null =>
      fromNullableJsonColumn(operatorProfileSchema, selectOperators.get(runId)?.profile ?? null),
    countBlocks: (runId: string): number => countBlocks.get(runId)?.count ?? 0,
  };
}

/** In the order of the table, from `status` on. */
function factColumns(run: StoredRun) {
  return [
    run.status,
    toNullableJsonColumn(run.error),
    run.loadMs,
    run.firstRunMs,
    run.warmUpRunCount,
    run.memory.baselineBytes,
    run.memory.loadedBytes,
    run.memory.peakBytes,
    toJsonColumn(run.placement),
    toNullableJsonColumn(run.parity),
    toJsonColumn(run.warnings),
    run.startedAtMs,
    run.endedAtMs,
  ];
}
