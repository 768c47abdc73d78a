/** Phases and memory of runs, and the samples of continuous use. */
import { blockContextSchema } from '#shared/block-context.ts';
import { type RunRecord, runRecordSchema } from '#shared/run-record.ts';
import { storedQuartilesSchema, type SustainedBlock, thinWindow } from '#shared/sustained-window.ts';
import {
  fromNullableJsonColumn,
  fromSamplesColumn,
  toJsonColumn,
  toNullableJsonColumn,
  toSamplesColumn,
} from './columns.ts';
import type { StoreDatabase } from './store-database.ts';

type SustainedRow = { started_at_ms: number; samples: Buffer; context: string | null; quartiles: string | null };

export function createRecordRows({ sqlite, write }: StoreDatabase) {
  const upsert = sqlite.prepare(
    'INSERT INTO run_records VALUES (?, ?) ON CONFLICT DO UPDATE SET record = excluded.record',
  );
  const select = sqlite.prepare<[string], { record: string }>('SELECT record FROM run_records WHERE run_id = ?');
  const insertSustained = sqlite.prepare(
    `INSERT INTO sustained_blocks VALUES
       (?, (SELECT count(*) FROM sustained_blocks WHERE run_id = ?), ?, ?, ?, ?)`,
  );
  const selectSustained = sqlite.prepare<[string], SustainedRow>(
    'SELECT started_at_ms, samples, context, quartiles FROM sustained_blocks WHERE run_id = ? ORDER BY block_index',
  );
  const countSustained = sqlite.prepare<[string], { count: number }>(
    'SELECT count(*) AS count FROM sustained_blocks WHERE run_id = ?',
  );
  const deleteSustained = sqlite.prepare('DELETE FROM sustained_blocks WHERE run_id = ?');
  return {
    save: (runId: string, record: RunRecord): void => write(() => void upsert.run(runId, toJsonColumn(record))),
    /** null for a run that was measured before records were kept. */
    get: (runId: string): RunRecord | null =>
      fromNullableJsonColumn(runRecordSchema, select.get(runId)?.record ?? null),
    addSustained: (runId: string, block: SustainedBlock): void =>
      write(
        () =>
          void insertSustained.run(
            runId,
            runId,
            block.startedAtMs,
            toSamplesColumn(block.samplesMs),
            toNullableJsonColumn(block.context),
            toNullableJsonColumn(block.quartiles),
          ),
      ),
    /** One window after the other is read and thinned: older versions kept every sample, however many there were. */
    sustained(runId: string): SustainedBlock[] {
      const windowCount = countSustained.get(runId)?.count ?? 0;
      return Array.from(selectSustained.iterate(runId), (row) =>
        thinWindow(
          {
            startedAtMs: row.started_at_ms,
            samplesMs: fromSamplesColumn(row.samples),
            context: fromNullableJsonColumn(blockContextSchema, row.context),
            quartiles: fromNullableJsonColumn(storedQuartilesSchema, row.quartiles),
          },
          windowCount,
        ),
      );
    },
    clearSustained: (runId: string): void => write(() => void deleteSustained.run(runId)),
  };
}
