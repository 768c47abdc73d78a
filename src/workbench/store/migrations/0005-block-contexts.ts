import type { Migration } from './registry.ts';

/** What the machine did meanwhile: JSON of `block-context.ts`; NULL where it was not read. */
export const blockContextsMigration: Migration = {
  version: 5,
  sql: 'ALTER TABLE sample_blocks ADD COLUMN context TEXT;',
};
