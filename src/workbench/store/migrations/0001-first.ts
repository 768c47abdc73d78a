import type { Migration } from './registry.ts';

/**
 * Columns without a unit hold text, and JSON where a schema of `src/shared` describes it. Paths inside the home are stored
 * relative to it with `/`, so that a home can be moved. Models, variants and experiments that the user removed keep their
 * row with `removed_at_ms` until nobody can restore them.
 */
const tables = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE topic_versions (topic TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT;
INSERT INTO topic_versions VALUES
  ('devices', 0), ('models', 0), ('experiments', 0), ('quality', 0), ('jobs', 0), ('reports', 0);

-- The processes that have this database open.
CREATE TABLE instances (
  id TEXT PRIMARY KEY,
  pid INTEGER NOT NULL,
  machine TEXT NOT NULL,
  process_start TEXT,
  heartbeat_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE devices (
  fingerprint TEXT PRIMARY KEY,
  facts TEXT NOT NULL,
  seen_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE models (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  imported_at_ms INTEGER NOT NULL,
  source_path TEXT,
  is_sample INTEGER NOT NULL,
  dataset_id TEXT,
  removed_at_ms INTEGER
) STRICT;

CREATE TABLE recipes (
  -- SHA-256 of the canonical JSON.
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  recipe TEXT NOT NULL
) STRICT;

CREATE TABLE variants (
  id TEXT PRIMARY KEY,
  model_id TEXT NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  -- A hash, not a reference: the parent may be gone.
  parent_id TEXT,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  recipe_id TEXT REFERENCES recipes (id),
  created_at_ms INTEGER NOT NULL,
  steps TEXT NOT NULL,
  fidelity TEXT,
  inspection TEXT NOT NULL,
  removed_at_ms INTEGER
) STRICT;
CREATE INDEX variants_of_model ON variants (model_id, created_at_ms);

CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  status TEXT NOT NULL,
  progress REAL,
  message TEXT NOT NULL,
  error TEXT,
  result TEXT NOT NULL,
  subject TEXT NOT NULL,
  input TEXT NOT NULL,
  instance_id TEXT NOT NULL,
  needs_machine INTEGER NOT NULL,
  is_cancel_requested INTEGER NOT NULL DEFAULT 0,
  created_at_ms INTEGER NOT NULL,
  queued_at_ms INTEGER NOT NULL,
  started_at_ms INTEGER,
  ended_at_ms INTEGER
) STRICT;
CREATE INDEX jobs_by_time ON jobs (created_at_ms);
CREATE INDEX jobs_not_over ON jobs (status) WHERE status IN ('queued', 'running');

CREATE TABLE job_log (
  id INTEGER PRIMARY KEY,
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  at_ms INTEGER NOT NULL,
  level TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;
CREATE INDEX log_of_job ON job_log (job_id, id);

-- At most one row: the job that has the machine to itself.
CREATE TABLE machine_lease (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  instance_id TEXT NOT NULL,
  job_id TEXT NOT NULL,
  acquired_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE experiments (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  plan TEXT NOT NULL,
  environment TEXT NOT NULL,
  device_fingerprint TEXT NOT NULL REFERENCES devices (fingerprint),
  -- The facts as they were when it was measured.
  device TEXT NOT NULL,
  status TEXT NOT NULL,
  error TEXT,
  created_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  job_id TEXT,
  is_imported INTEGER NOT NULL,
  removed_at_ms INTEGER
) STRICT;
CREATE INDEX experiments_by_time ON experiments (created_at_ms);

CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  experiment_id TEXT NOT NULL REFERENCES experiments (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  model_name TEXT NOT NULL,
  model_path TEXT,
  model_sha256 TEXT NOT NULL,
  model_size_bytes INTEGER NOT NULL,
  provider TEXT NOT NULL,
  settings TEXT NOT NULL,
  status TEXT NOT NULL,
  error TEXT,
  load_ms REAL,
  first_run_ms REAL,
  warm_up_run_count INTEGER,
  baseline_bytes INTEGER,
  loaded_bytes INTEGER,
  peak_bytes INTEGER,
  placement TEXT NOT NULL DEFAULT '[]',
  parity TEXT,
  warnings TEXT NOT NULL DEFAULT '[]',
  started_at_ms INTEGER,
  ended_at_ms INTEGER,
  UNIQUE (experiment_id, position)
) STRICT;

CREATE TABLE sample_blocks (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  block_index INTEGER NOT NULL,
  round INTEGER NOT NULL,
  started_at_ms REAL NOT NULL,
  -- Milliseconds, IEEE 754 binary64, little-endian, in the order measured.
  samples BLOB NOT NULL,
  PRIMARY KEY (run_id, block_index)
) STRICT;

CREATE TABLE quality (
  id TEXT PRIMARY KEY,
  variant_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  device_fingerprint TEXT NOT NULL REFERENCES devices (fingerprint),
  dataset_id TEXT NOT NULL,
  item_count INTEGER NOT NULL,
  metrics TEXT NOT NULL,
  reference_id TEXT,
  fidelity TEXT,
  paired TEXT,
  created_at_ms INTEGER NOT NULL,
  duration_ms REAL NOT NULL
) STRICT;
CREATE INDEX quality_of_variant ON quality (variant_id, provider, device_fingerprint, dataset_id, created_at_ms);

CREATE TABLE reports (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  format TEXT NOT NULL,
  experiment_ids TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  path TEXT NOT NULL,
  size_bytes INTEGER NOT NULL
) STRICT;
`;

/** Every write counts up its topic, so that another process can tell what to read again. */
const topicOfTable = {
  devices: 'devices',
  models: 'models',
  variants: 'models',
  experiments: 'experiments',
  runs: 'experiments',
  sample_blocks: 'experiments',
  quality: 'quality',
  jobs: 'jobs',
  job_log: 'jobs',
  reports: 'reports',
};

const triggers = Object.entries(topicOfTable).flatMap(([table, topic]) =>
  ['INSERT', 'UPDATE', 'DELETE'].map(
    (event) => `
CREATE TRIGGER ${table}_${event.toLowerCase()}_counts AFTER ${event} ON ${table} BEGIN
  UPDATE topic_versions SET version = version + 1 WHERE topic = '${topic}';
END;`,
  ),
);

export const firstMigration: Migration = { version: 1, sql: [tables, ...triggers].join('\n') };
