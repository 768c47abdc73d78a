import type { Migration } from './registry.ts';

/** What ONNX Runtime made of a variant when it was compressed; not known for those made before. */
export const checksMigration: Migration = {
  version: 4,
  sql: `
ALTER TABLE variants ADD COLUMN checks TEXT NOT NULL DEFAULT '[]';
`,
};
