import type { Migration } from './registry.ts';

/** Apart from `runs`: it is large, and read for one experiment at a time. */
export const operatorProfilesMigration: Migration = {
  version: 3,
  sql: `
CREATE TABLE operator_profiles (
  run_id TEXT PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
  profile TEXT NOT NULL
) STRICT;
CREATE TRIGGER operator_profiles_insert_counts AFTER INSERT ON operator_profiles BEGIN
  UPDATE topic_versions SET version = version + 1 WHERE topic = 'experiments';
END;
`,
};
