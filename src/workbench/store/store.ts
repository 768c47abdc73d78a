/** Everything Whittle keeps, by area. Only this folder knows SQLite. */
import { join } from 'node:path';
import { createDeviceRows } from './device-rows.ts';
import { createExperimentRows } from './experiment-rows.ts';
import { createInstanceRows } from './instance-rows.ts';
import { createJobRows } from './job-rows.ts';
import { createMetaRows } from './meta-rows.ts';
import { createModelRows } from './model-rows.ts';
import { openDatabase } from './open-database.ts';
import { createQualityRows } from './quality-rows.ts';
import { createRecipeRows } from './recipe-rows.ts';
import { createRecordRows } from './record-rows.ts';
import { createReportRows } from './report-rows.ts';
import { createRunRows } from './run-rows.ts';
import { createScenarioRows } from './scenario-rows.ts';
import { createStoreDatabase } from './store-database.ts';

const DATABASE_FILE_NAME = 'whittle.db';

export function openStore(homePath: string) {
  const database = createStoreDatabase(openDatabase(join(homePath, DATABASE_FILE_NAME)), homePath);
  return {
    meta: createMetaRows(database),
    instances: createInstanceRows(database),
    devices: createDeviceRows(database),
    models: createModelRows(database),
    jobs: createJobRows(database),
    experiments: createExperimentRows(database),
    runs: createRunRows(database),
    records: createRecordRows(database),
    scenarios: createScenarioRows(database),
    quality: createQualityRows(database),
    reports: createReportRows(database),
    recipes: createRecipeRows(database),
    /** Several writes as one: all of them or none. */
    transaction: database.write,
    onWrite: database.onWrite,
    close: (): void => void database.sqlite.close(),
  };
}

export type Store = ReturnType<typeof openStore>;
