import type { Migration } from './registry.ts';

/** `quartiles`: JSON of `sustained-window.ts`; null for a window that has all its samples. */
export const sustainedQuartilesMigration: Migration = {
  version: 9,
  sql: 'ALTER TABLE sustained_blocks ADD COLUMN quartiles TEXT;',
};
