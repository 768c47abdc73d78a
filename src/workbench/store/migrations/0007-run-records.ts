import type { Migration } from './registry.ts';

/** Apart from `runs`, because they are read for one run at a time. `record`: JSON of `run-record.ts`. */
export const runRecordsMigration: Migration = {
  version: 7,
  sql: `
CREATE TABLE run_records (
  run_id TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
  record TEXT NOT NULL
) STRICT;
-- Continuous runs after the interleaved blocks: not part of any comparison.
CREATE TABLE sustained_blocks (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  block_index INTEGER NOT NULL,
  started_at_ms REAL NOT NULL,
  samples BLOB NOT NULL,
  context TEXT,
  PRIMARY KEY (run_id, block_index)
) STRICT;
CREATE TRIGGER run_records_insert_counts AFTER INSERT ON run_records BEGIN
  UPDATE topic_versions SET version = version + 1 WHERE topic = 'experiments';
END;
CREATE TRIGGER run_records_update_counts AFTER UPDATE ON run_records BEGIN
  UPDATE topic_versions SET version = version + 1 WHERE topic = 'experiments';
END;
`,
};
