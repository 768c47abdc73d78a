/** The contract's router over the parts of the workbench. */
import { type WorkbenchParts } from '../create-workbench.ts';
import { applicationRouter } from './application.ts';
import { devicesRouter } from './devices.ts';
import { experimentsRouter, runsRouter } from './experiments.ts';
import { createImplementer } from './implementer.ts';
import { jobsRouter } from './jobs.ts';
import { modelsRouter, variantsRouter } from './models.ts';
import { qualityRouter } from './quality.ts';
import { recipesRouter } from './recipes.ts';
import { reportsRouter } from './reports.ts';

export function createRouter(parts: WorkbenchParts) {
  const os = createImplementer(parts.log);
  return os.router({
    application: applicationRouter(os, parts),
    devices: devicesRouter(os, parts),
    models: modelsRouter(os, parts),
    variants: variantsRouter(os, parts),
    recipes: recipesRouter(os, parts),
    experiments: experimentsRouter(os, parts),
    runs: runsRouter(os, parts),
    quality: qualityRouter(os, parts),
    jobs: jobsRouter(os, parts),
    reports: reportsRouter(os, parts),
  });
}
