/** Every migration in order; adding one is a file and a line. A released migration is never edited. */
import { firstMigration } from './0001-first.ts';
import { looksMigration } from './0002-looks.ts';
import { operatorProfilesMigration } from './0003-operator-profiles.ts';
import { checksMigration } from './0004-checks.ts';
import { blockContextsMigration } from './0005-block-contexts.ts';
import { savedRecipesMigration } from './0006-saved-recipes.ts';
import { runRecordsMigration } from './0007-run-records.ts';
import { scenariosMigration } from './0008-scenarios.ts';
import { sustainedQuartilesMigration } from './0009-sustained-quartiles.ts';
import { runtimeInterfaceMigration } from './0010-runtime-interface.ts';

/** `version` is the `PRAGMA user_version` that the database has after `sql`. */
export type Migration = { version: number; sql: string };

export const migrations: readonly Migration[] = [
  firstMigration,
  looksMigration,
  operatorProfilesMigration,
  checksMigration,
  blockContextsMigration,
  savedRecipesMigration,
  runRecordsMigration,
  scenariosMigration,
  sustainedQuartilesMigration,
  runtimeInterfaceMigration,
];
