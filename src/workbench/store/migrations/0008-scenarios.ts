import type { Migration } from './registry.ts';

/** What scenarios measured of a run, and which of them are over. `facts`: JSON of the block of `scenario.ts`, without its samples. */
export const scenariosMigration: Migration = {
  version: 8,
  sql: `
CREATE TABLE scenario_states (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  error TEXT,
  PRIMARY KEY (run_id, kind)
) STRICT;
CREATE TABLE scenario_blocks (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  block_index INTEGER NOT NULL,
  started_at_ms REAL NOT NULL,
  facts TEXT NOT NULL,
  samples BLOB NOT NULL,
  PRIMARY KEY (run_id, kind, block_index)
) STRICT;
CREATE TRIGGER scenario_states_insert_counts AFTER INSERT ON scenario_states BEGIN
  UPDATE topic_versions SET version = version + 1 WHERE topic = 'experiments';
END;
CREATE TRIGGER scenario_states_update_counts AFTER UPDATE ON scenario_states BEGIN
  UPDATE topic_versions SET version = version + 1 WHERE topic = 'experiments';
END;
CREATE TRIGGER scenario_blocks_delete_counts AFTER DELETE ON scenario_blocks BEGIN
  UPDATE topic_versions SET version = version + 1 WHERE topic = 'experiments';
END;
CREATE TRIGGER scenario_blocks_insert_counts AFTER INSERT ON scenario_blocks BEGIN
  UPDATE topic_versions SET version = version + 1 WHERE topic = 'experiments';
END;
`,
};
