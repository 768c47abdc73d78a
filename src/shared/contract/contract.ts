/** The one contract by which page, command line and other machines reach the workbench. */
import { applicationContract } from './application.ts';
import { devicesContract } from './devices.ts';
import { experimentsContract, runsContract } from './experiments.ts';
import { jobsContract } from './jobs.ts';
import { modelsContract, variantsContract } from './models.ts';
import { qualityContract } from './quality.ts';
import { recipesContract } from './recipes.ts';
import { reportsContract } from './reports.ts';

export const contract = {
  application: applicationContract,
  devices: devicesContract,
  models: modelsContract,
  variants: variantsContract,
  recipes: recipesContract,
  experiments: experimentsContract,
  runs: runsContract,
  quality: qualityContract,
  jobs: jobsContract,
  reports: reportsContract,
};
export type Contract = typeof contract;
