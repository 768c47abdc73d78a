/** Opens the database file: refuses what is newer or damaged, keeps a copy before it migrates. */
import { renameSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { AppError } from '#shared/app-error.ts';
import { makeFolder } from '../make-folder.ts';
import { removeLeftIn, unfinishedPathOf } from '../unfinished/owner-mark.ts';
import { type Migration, migrations as allMigrations } from './migrations/registry.ts';

export type Sqlite = Database.Database;

const BUSY_TIMEOUT_MS = 15_000;

/** @param options.migrations other than the registry's, for tests of migrating */
export function openDatabase(path: string, options: { migrations?: readonly Migration[] } = {}): Sqlite {
  const migrations = options.migrations ?? allMigrations;
  let database: Sqlite | undefined;
  try {
    makeFolder(dirname(path));
    database = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    refuseNewer(database, path, migrations);
    database.pragma('journal_mode = WAL');
    database.pragma('foreign_keys = ON');
    // FULL: a commit is on the disk before it is reported, so that it survives a power cut and not only a crash.
    database.pragma('synchronous = FULL');
    migrate(database, path, migrations);
    return database;
  } catch (error) {
    database?.close();
    throw explain(error, path);
  }
}

export function readSchemaVersion(database: Sqlite): number {
  return database.pragma('user_version', { simple: true }) as number;
}

function latestVersion(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0;
}

function refuseNewer(database: Sqlite, path: string, migrations: readonly Migration[]): void {
  const version = readSchemaVersion(database);
  const latest = latestVersion(migrations);
  if (version <= latest) return;
  throw new AppError(
    'newer-database',
    `The database ${path} was written by a newer Whittle (its version is ${version}, this Whittle knows up to ${latest}). Update Whittle, or use another home with --home or WHITTLE_HOME.`,
  );
}

function migrate(database: Sqlite, path: string, migrations: readonly Migration[]): void {
  if (readSchemaVersion(database) === latestVersion(migrations)) return;
  if (readSchemaVersion(database) > 0) keepCopy(database, path, latestVersion(migrations));
  const applyAll = database.transaction(() => {
    // Read again inside the transaction: another process may have migrated meanwhile.
    const from = readSchemaVersion(database);
    for (const migration of migrations.filter((candidate) => candidate.version > from)) {
      database.exec(migration.sql);
      database.pragma(`user_version = ${migration.version}`);
    }
  });
  applyAll.immediate();
}

/** `whittle.db.before-v2` beside the database; complete or absent. */
function keepCopy(database: Sqlite, path: string, version: number): void {
  const copyPath = `${path}.before-v${version}`;
  removeLeftIn(dirname(path));
  const unfinishedPath = unfinishedPathOf(copyPath);
  database.prepare('VACUUM INTO ?').run(unfinishedPath);
  renameSync(unfinishedPath, copyPath);
}

function explain(error: unknown, path: string): unknown {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) {
    return new AppError(
      'input-output',
      `The database ${path} is damaged (${(error as Error).message}). Move it away to start with an empty library, or put an older copy in its place.`,
      { cause: error },
    );
  }
  if (code.startsWith('SQLITE_BUSY')) {
    return new AppError(
      'conflict',
      `The database ${path} is locked by another program. Close that program and start again.`,
      { cause: error },
    );
  }
  if (/^(SQLITE_(CANTOPEN|READONLY|FULL|IOERR)|E[A-Z]+$)/.test(code)) {
    return new AppError(
      'input-output',
      `The database ${path} cannot be opened (${(error as Error).message}). Check that its folder exists, can be written and has room, or use another home with --home or WHITTLE_HOME.`,
      { cause: error },
    );
  }
  return error;
}
