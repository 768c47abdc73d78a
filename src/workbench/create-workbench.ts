/** The workbench: builds its parts, joins them, and takes them down again. */
import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ApplicationInfo } from '#shared/contract/application.ts';
import type { Environment } from '#shared/experiment.ts';
import { createChangeFeed } from './changes/change-feed.ts';
import { createProviderCatalog } from './devices/provider-catalog.ts';
import { createMachine } from './devices/machine.ts';
import { removeLeftIn } from './unfinished/owner-mark.ts';
import { createEngineHost } from './engine-process/engine-host.ts';
import { routeEngines } from './engine-process/route-engines.ts';
import { createExperimentBook } from './experiments/experiment-book.ts';
import { createPreflight } from './experiments/preflight.ts';
import { createExperimentHandler } from './experiments/experiment-jobs.ts';
import type { SilenceLimits } from './experiments/silence-limits.ts';
import { createJobRunner } from './jobs/job-runner.ts';
import { createDatasetCatalog } from './library/datasets.ts';
import { createModelLibrary } from './library/model-library.ts';
import { seedSamples } from './library/seed-samples.ts';
import { removeUnusedArrays } from './library/received-arrays.ts';
import type { Log } from './log.ts';
import { type SystemFiles, systemFiles } from './machine-state/system-files.ts';
import { createProviderLibraries } from './provider-libraries/provider-libraries.ts';
import { createEvaluateHandler } from './quality/evaluate-job.ts';
import { createCompressHandler } from './recipes/compress-job.ts';
import { createRecipeBook } from './recipes/recipe-book.ts';
import { createRecipeShelf } from './recipes/recipe-shelf.ts';
import { createReport, type PrintPdf, type ReportRequest } from './report-shelf/create-report.ts';
import { createReportShelf } from './report-shelf/report-shelf.ts';
import { createRouter } from './router/create-router.ts';
import { openStore } from './store/store.ts';
import type { WebRuntimeOrObstacle } from './web-engine/runner-page.ts';
import { createWebEngineHost } from './web-engine/web-engine-host.ts';
import { readWebEnvironment } from './web-engine/web-environment.ts';

export type { PrintPdf };

export type WorkbenchOptions = {
  /** Where the database, variants and reports live; made when absent. */
  homePath: string;
  /** The engine's program. */
  enginePath: string;
  /** The folder of the bundled models and datasets; null when there is none. */
  samplesPath: string | null;
  versions: Environment;
  printPdf: PrintPdf | null;
  /** What measures in a browser; absent: nothing does. */
  web?: WebRuntimeOrObstacle;
  /** Shorter ones for tests of what hangs. */
  silenceLimits?: Partial<SilenceLimits>;
  /** Where the machine tells its state during a run; another one for tests. */
  machineFiles?: SystemFiles;
  log: Log;
};

export type Workbench = {
  router: ReturnType<typeof createRouter>;
  /** Stops all jobs (they can be resumed), ends every engine process and closes the database. */
  close: () => Promise<void>;
};

const NO_BROWSER = 'This Whittle was started without a browser to measure in.';

export type WorkbenchParts = ReturnType<typeof createParts>;

/** Errors: `newer-database`, `input-output` and `conflict`, when the home cannot be used. */
export async function createWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const parts = createParts(options);
  const router = createRouter(parts);
  let closing: Promise<void> | null = null;
  return {
    router,
    close: () => (closing ??= closeParts(parts)),
  };
}

function createParts(options: WorkbenchOptions) {
  const { log, printPdf, versions: environment } = options;
  const homePath = resolve(options.homePath);
  const samplesPath = options.samplesPath !== null && existsSync(options.samplesPath) ? options.samplesPath : null;
  const store = openStore(homePath);
  const changes = createChangeFeed(store);
  const libraries = createProviderLibraries({ homePath, enginePath: options.enginePath, env: process.env });
  const native = createEngineHost({ enginePath: options.enginePath, environment: libraries.engineEnvironment });
  const web = options.web ?? { obstacle: NO_BROWSER };
  const engines = routeEngines({ native, web: createWebEngineHost({ web, native }) });
  const providerCatalog = createProviderCatalog(engines);
  const webEnvironment = () => readWebEnvironment(web);
  const machine = createMachine({
    store,
    engines,
    environment,
    webEnvironment,
    env: () => ({ ...process.env, ...libraries.engineEnvironment() }),
  });
  const datasets = createDatasetCatalog(samplesPath);
  const library = createModelLibrary({ store, engines, datasets, homePath, samplesPath, log });
  const recipes = createRecipeBook(engines);
  const recipeShelf = createRecipeShelf({ store, book: recipes });
  const preflight = createPreflight({
    engines,
    machine,
    providerCatalog,
    library,
    datasets,
    availableMemory: () => process.availableMemory(),
  });
  const book = createExperimentBook(store);
  const reportsPath = join(homePath, 'reports');
  const shelf = createReportShelf({ store, reportsPath });
  const { whittleVersion } = environment;
  const jobs = createJobRunner({
    store,
    changes,
    log,
    handlers: {
      experiment: createExperimentHandler({
        store,
        engines,
        datasets,
        providerCatalog,
        availableMemory: () => process.availableMemory(),
        machineFiles: options.machineFiles ?? systemFiles,
        ...(options.silenceLimits === undefined ? {} : { silenceLimits: options.silenceLimits }),
      }),
      compress: createCompressHandler({ engines, library, datasets, whittleVersion }),
      download: libraries.createHandler(() => machine.device()),
      evaluate: createEvaluateHandler({ store, engines, library, datasets, machine }),
    },
  });
  // Left over by a process that was killed.
  for (const folder of [tmpdir(), reportsPath]) removeLeftIn(folder);
  if (jobs.isAlone()) rmSync(join(homePath, 'tmp'), { recursive: true, force: true });
  const closing = new AbortController();
  const seeded =
    samplesPath === null
      ? Promise.resolve()
      : seedSamples({ store, library, samplesPath, signal: closing.signal, log });
  const info: ApplicationInfo = {
    environment,
    homePath,
    samplesPath,
    pdf:
      printPdf === null
        ? {
            isAvailable: false,
            reason:
              'PDF reports need the Whittle window or an installed Chrome, Chromium or Edge; HTML reports can be printed by any browser.',
          }
        : { isAvailable: true, reason: null },
  };
  return {
    log,
    homePath,
    environment,
    webEnvironment,
    printPdf,
    store,
    changes,
    engines,
    machine,
    providerCatalog,
    libraries,
    preflight,
    datasets,
    library,
    recipes,
    recipeShelf,
    book,
    shelf,
    createReport: (request: ReportRequest, signal?: AbortSignal) =>
      createReport({ store, book, environment, reportsPath, printPdf }, request, signal),
    jobs,
    closing,
    seeded,
    info,
  };
}

async function closeParts(parts: WorkbenchParts): Promise<void> {
  const { jobs, closing, engines, changes, seeded, library, store, homePath } = parts;
  closing.abort();
  const isAlone = jobs.isAlone();
  await jobs.close();
  await engines.close();
  await seeded;
  changes.close();
  // What another window removed can still be brought back there.
  if (isAlone) {
    await library.purgeRemoved();
    store.experiments.purgeRemoved();
    store.recipes.purgeRemoved();
    await removeUnusedArrays({ homePath, store });
  }
  store.close();
}
