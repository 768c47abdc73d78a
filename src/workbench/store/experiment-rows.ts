import { type ErrorData, errorDataSchema } from '#shared/app-error.ts';
import { experimentPlanSchema } from '#shared/case.ts';
import { deviceSchema } from '#shared/device.ts';
import { type Experiment, environmentSchema, experimentStatusSchema } from '#shared/experiment.ts';
import { fromJsonColumn, fromNullableJsonColumn, toJsonColumn, toNullableJsonColumn } from './columns.ts';
import type { StoreDatabase } from './store-database.ts';

/** What is stored of an experiment itself; runs and what is derived from them come from elsewhere. */
export type StoredExperiment = Pick<
  Experiment,
  | 'id'
  | 'name'
  | 'plan'
  | 'environment'
  | 'device'
  | 'status'
  | 'error'
  | 'createdAtMs'
  | 'endedAtMs'
  | 'jobId'
  | 'isImported'
>;

type ExperimentRow = {
  id: string;
  name: string;
  plan: string;
  environment: string;
  device: string;
  status: string;
  error: string | null;
  created_at_ms: number;
  ended_at_ms: number | null;
  job_id: string | null;
  is_imported: number;
  removed_at_ms: number | null;
};

export function createExperimentRows({ sqlite, write }: StoreDatabase) {
  const selectAll = sqlite.prepare<[], ExperimentRow>(
    'SELECT * FROM experiments WHERE removed_at_ms IS NULL ORDER BY created_at_ms DESC, rowid DESC',
  );
  const select = sqlite.prepare<[string], ExperimentRow>('SELECT * FROM experiments WHERE id = ?');
  const insert = sqlite.prepare('INSERT INTO experiments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)');
  const updateStatus = sqlite.prepare('UPDATE experiments SET status = ?, error = ?, ended_at_ms = ? WHERE id = ?');
  const rename = sqlite.prepare('UPDATE experiments SET name = ? WHERE id = ?');
  const mark = sqlite.prepare('UPDATE experiments SET removed_at_ms = ? WHERE id = ?');
  const insertLook = sqlite.prepare('INSERT INTO looks VALUES (?, ?) ON CONFLICT DO NOTHING');
  const selectLooks = sqlite.prepare<[string], { round: number }>(
    'SELECT round FROM looks WHERE experiment_id = ? ORDER BY round',
  );
  const deleteRemoved = sqlite.prepare('DELETE FROM experiments WHERE removed_at_ms IS NOT NULL');
  const selectNaming = sqlite.prepare<[string]>('SELECT 1 FROM experiments WHERE instr(plan, ?) > 0 LIMIT 1');
  return {
    list: (): StoredExperiment[] => selectAll.all().map(toExperiment),
    /** `isRemoved` tells one that is still to be purged. */
    get: (id: string): (StoredExperiment & { isRemoved: boolean }) | null => {
      const row = select.get(id);
      return row ? { ...toExperiment(row), isRemoved: row.removed_at_ms !== null } : null;
    },
    add: (experiment: StoredExperiment): void =>
      write(
        () =>
          void insert.run(
            experiment.id,
            experiment.name,
            toJsonColumn(experiment.plan),
            toJsonColumn(experiment.environment),
            experiment.device.fingerprint,
            toJsonColumn(experiment.device),
            experiment.status,
            toNullableJsonColumn(experiment.error),
            experiment.createdAtMs,
            experiment.endedAtMs,
            experiment.jobId,
            experiment.isImported ? 1 : 0,
          ),
      ),
    saveStatus: (
      id: string,
      state: { status: Experiment['status']; error: ErrorData | null; endedAtMs: number | null },
    ): void => write(() => void updateStatus.run(state.status, toNullableJsonColumn(state.error), state.endedAtMs, id)),
    /** Rounds before `round` have been looked at to decide whether the experiment goes on. */
    addLook: (id: string, round: number): void => write(() => void insertLook.run(id, round)),
    looks: (id: string): number[] => selectLooks.all(id).map(({ round }) => round),
    rename: (id: string, name: string): void => write(() => void rename.run(name, id)),
    markRemoved: (id: string, removedAtMs: number | null): void => write(() => void mark.run(removedAtMs, id)),
    purgeRemoved: (): void => write(() => void deleteRemoved.run()),
    /** Whether the plan of an experiment holds this text, such as a part of a path. */
    isNamedInPlans: (text: string): boolean => selectNaming.get(text) !== undefined,
  };
}

function toExperiment(row: ExperimentRow): StoredExperiment {
  return {
    id: row.id,
    name: row.name,
    plan: fromJsonColumn(experimentPlanSchema, row.plan),
    environment: fromJsonColumn(environmentSchema, row.environment),
    device: fromJsonColumn(deviceSchema, row.device),
    status: experimentStatusSchema.parse(row.status),
    error: fromNullableJsonColumn(errorDataSchema, row.error),
    createdAtMs: row.created_at_ms,
    endedAtMs: row.ended_at_ms,
    jobId: row.job_id,
    isImported: row.is_imported === 1,
  };
}
