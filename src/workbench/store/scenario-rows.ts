/** What scenarios measured of runs, block by block, and which of them are over. */
import {
  type ScenarioBlock,
  scenarioBlockSchema,
  type ScenarioKind,
  type ScenarioState,
  scenarioStateSchema,
} from '#shared/scenarios/scenario.ts';
import { fromSamplesColumn, toJsonColumn, toNullableJsonColumn, toSamplesColumn } from './columns.ts';
import type { StoreDatabase } from './store-database.ts';

type BlockRow = { kind: string; started_at_ms: number; facts: string; samples: Buffer };
type StateRow = { kind: string; status: string; error: string | null };

export function createScenarioRows({ sqlite, write }: StoreDatabase) {
  const insertBlock = sqlite.prepare(
    `INSERT INTO scenario_blocks VALUES
       (?, ?, (SELECT count(*) FROM scenario_blocks WHERE run_id = ? AND kind = ?), ?, ?, ?)`,
  );
  const selectBlocks = sqlite.prepare<[string], BlockRow>(
    'SELECT kind, started_at_ms, facts, samples FROM scenario_blocks WHERE run_id = ? ORDER BY kind, block_index',
  );
  const selectMark = sqlite.prepare<[string], { mark: string }>(
    `SELECT count(*) || ' until ' || coalesce(max(started_at_ms), '') AS mark FROM scenario_blocks WHERE run_id = ?`,
  );
  const deleteBlocks = sqlite.prepare('DELETE FROM scenario_blocks WHERE run_id = ? AND kind = ?');
  const upsertState = sqlite.prepare(
    'INSERT INTO scenario_states VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET status = excluded.status, error = excluded.error',
  );
  const selectStates = sqlite.prepare<[string], StateRow>(
    'SELECT kind, status, error FROM scenario_states WHERE run_id = ?',
  );
  return {
    addBlock: (runId: string, { kind, startedAtMs, facts, samplesMs }: ScenarioBlock): void =>
      write(
        () =>
          void insertBlock.run(runId, kind, runId, kind, startedAtMs, toJsonColumn(facts), toSamplesColumn(samplesMs)),
      ),
    /** In the order measured, kind by kind. */
    blocks: (runId: string): ScenarioBlock[] =>
      selectBlocks.all(runId).map(({ kind, started_at_ms: startedAtMs, facts, samples }) =>
        scenarioBlockSchema.parse({
          kind,
          startedAtMs,
          facts: JSON.parse(facts) as unknown,
          samplesMs: Array.from(fromSamplesColumn(samples)),
        }),
      ),
    /** Another one after every block that is added, and after those of a scenario that begins again are gone. */
    blocksMark: (runId: string): string => selectMark.get(runId)?.mark ?? '',
    clearBlocks: (runId: string, kind: ScenarioKind): void => write(() => void deleteBlocks.run(runId, kind)),
    saveState: (runId: string, { kind, status, error }: ScenarioState): void =>
      write(() => void upsertState.run(runId, kind, status, toNullableJsonColumn(error))),
    states: (runId: string): ScenarioState[] =>
      selectStates
        .all(runId)
        .map(({ error, ...state }) =>
          scenarioStateSchema.parse({ ...state, error: error === null ? null : (JSON.parse(error) as unknown) }),
        ),
  };
}
