/** The database file itself: real SQLite, real files, a real process that is killed. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { migrations } from '../../src/workbench/store/migrations/registry.ts';
import { openDatabase, readSchemaVersion } from '../../src/workbench/store/open-database.ts';
import { openStore } from '../../src/workbench/store/store.ts';
import { createTemporaryFolder, removeFolder } from '../fakes/test-workbench.ts';

let homePath: string;
let databasePath: string;
beforeEach(() => {
  homePath = createTemporaryFolder();
  databasePath = join(homePath, 'whittle.db');
});
afterEach(() => removeFolder(homePath));

const latest = migrations.at(-1)?.version ?? 0;
const addColumn = { version: latest + 1, sql: 'ALTER TABLE meta ADD COLUMN note TEXT' };

describe('opening the database', () => {
  test('a new one has all tables strict, foreign keys on, and is synced at every commit', () => {
    const database = openDatabase(databasePath);
    const tables = database
      .prepare("SELECT name, strict FROM pragma_table_list WHERE type = 'table' AND schema = 'main'")
      .all();
    const loose = (tables as { name: string; strict: number }[]).filter(
      ({ name, strict }) => strict === 0 && !name.startsWith('sqlite_'),
    );
    expect(loose).toEqual([]);
    expect(tables.length).toBeGreaterThan(12);
    expect(database.pragma('foreign_keys', { simple: true })).toBe(1);
    expect(database.pragma('synchronous', { simple: true })).toBe(2);
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(readSchemaVersion(database)).toBe(latest);
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    database.close();
  });

  test('migrations are numbered without gaps', () => {
    expect(migrations.map((migration) => migration.version)).toEqual(migrations.map((_, index) => index + 1));
  });

  test('a newer one is refused with a sentence and is left as it is', () => {
    openDatabase(databasePath, { migrations: [...migrations, addColumn] }).close();
    const before = readFileSync(databasePath);
    expect(() => openDatabase(databasePath)).toThrow(
      expect.objectContaining({ kind: 'newer-database', message: expect.stringContaining('Update Whittle') }),
    );
    expect(readFileSync(databasePath).equals(before)).toBe(true);
  });

  test('an older one is copied before it is migrated, and the copy opens', () => {
    const store = openStore(homePath);
    store.meta.set('who', 'Ada');
    store.close();
    const database = openDatabase(databasePath, { migrations: [...migrations, addColumn] });
    expect(readSchemaVersion(database)).toBe(latest + 1);
    expect(database.prepare('SELECT key, value, note FROM meta').all()).toEqual([
      { key: 'who', value: 'Ada', note: null },
    ]);
    database.close();
    const copy = openDatabase(`${databasePath}.before-v${latest + 1}`);
    expect(readSchemaVersion(copy)).toBe(latest);
    expect(copy.prepare('SELECT key, value FROM meta').all()).toEqual([{ key: 'who', value: 'Ada' }]);
    copy.close();
  });

  test('variants of a database from before checks were kept have none', () => {
    const hash = 'a'.repeat(64);
    const old = openDatabase(databasePath, { migrations: migrations.slice(0, 3) });
    old.prepare('INSERT INTO models VALUES (?, ?, 1, NULL, 0, NULL, NULL)').run(hash, 'net');
    const inspection = {
      sha256: hash,
      sizeBytes: 1,
      irVersion: 8,
      producer: null,
      graphName: null,
      opsets: {},
      inputs: [],
      outputs: [],
      operators: {},
      nodeCount: 0,
      parameterCount: 0,
      macs: null,
      bytesByDtype: {},
      externalDataFiles: [],
      metadata: {},
    };
    old
      .prepare("INSERT INTO variants VALUES (?, ?, NULL, 'net', 'net.onnx', 1, NULL, 1, '[]', NULL, ?, NULL)")
      .run(hash, hash, JSON.stringify(inspection));
    old.close();
    const store = openStore(homePath);
    expect(store.models.getVariant(hash)).toMatchObject({ name: 'net', checks: [], steps: [] });
    store.close();
  });

  test('experiments from before there was a choice of interfaces say that they went through JavaScript', () => {
    const old = openDatabase(databasePath, { migrations: migrations.slice(0, 9) });
    old.pragma('foreign_keys = OFF');
    old
      .prepare(
        "INSERT INTO experiments VALUES ('old', 'old', ?, '{}', 'here', '{}', 'completed', NULL, 0, 0, NULL, 0, NULL)",
      )
      .run(JSON.stringify({ seed: 42 }));
    old.close();
    const database = openDatabase(databasePath);
    const { plan } = database.prepare('SELECT plan FROM experiments').get() as { plan: string };
    expect(JSON.parse(plan)).toEqual({ seed: 42, runtimeInterface: 'javascript' });
    database.close();
  });

  test('a migration that fails changes nothing', () => {
    openDatabase(databasePath).close();
    const broken = [...migrations, addColumn, { version: latest + 2, sql: 'ALTER TABLE nowhere ADD COLUMN x TEXT' }];
    expect(() => openDatabase(databasePath, { migrations: broken })).toThrow('nowhere');
    const database = openDatabase(databasePath);
    expect(readSchemaVersion(database)).toBe(latest);
    expect(database.prepare("SELECT count(*) AS count FROM pragma_table_info('meta')").get()).toEqual({ count: 2 });
    database.close();
  });

  test('a new database leaves no copy behind', () => {
    openDatabase(databasePath).close();
    expect(existsSync(`${databasePath}.before-v${latest}`)).toBe(false);
  });

  test.each([
    ['a text file', () => 'this is no database, it only has its name'.repeat(50)],
    [
      'a damaged one',
      (): Buffer => {
        openDatabase(databasePath).close();
        const bytes = readFileSync(databasePath);
        return bytes.fill(0x5a, 100, 3000);
      },
    ],
  ])('%s is refused with a way out', (_, content) => {
    writeFileSync(databasePath, content());
    expect(() => openDatabase(databasePath)).toThrow(
      expect.objectContaining({ kind: 'input-output', message: expect.stringMatching(/is damaged.*Move it away/) }),
    );
  });

  test('a home that cannot be made is refused with a way out', () => {
    const file = join(homePath, 'file');
    writeFileSync(file, '');
    expect(() => openDatabase(join(file, 'home', 'whittle.db'))).toThrow(
      expect.objectContaining({ kind: 'input-output', message: expect.stringContaining('--home') }),
    );
  });
});

describe('what was reported as saved', () => {
  test('is there after kill -9 of the process that saved it', async () => {
    const child = fork(join(import.meta.dirname, '../fakes/block-writer.ts'), [homePath], { execArgv: [] });
    let savedCount = 0;
    child.on('message', (message) => {
      savedCount = (message as { saved: number }).saved;
      if (savedCount === 40) child.kill('SIGKILL');
    });
    await once(child, 'exit');
    const store = openStore(homePath);
    const blocks = store.runs.blocks('run');
    expect(blocks.length).toBeGreaterThanOrEqual(savedCount);
    expect(savedCount).toBeGreaterThanOrEqual(40);
    for (const [index, block] of blocks.entries()) {
      expect(block).toEqual({
        blockIndex: index,
        round: index,
        startedAtMs: index + 0.5,
        samplesMs: [index, 1 / 3],
        context: null,
      });
    }
    store.close();
  });
});
