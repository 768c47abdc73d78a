import type { Migration } from './registry.ts';

/**
 * The rounds before which the results of an experiment were looked at, to decide whether it goes on. What is said of its results
 * depends on how often that happened.
 */
export const looksMigration: Migration = {
  version: 2,
  sql: `
CREATE TABLE looks (
  experiment_id TEXT NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
  round INTEGER NOT NULL,
  PRIMARY KEY (experiment_id, round)
) STRICT;
`,
};
