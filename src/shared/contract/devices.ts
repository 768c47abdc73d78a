import { z } from 'zod';
import { deviceSchema } from '../device.ts';
import { providerAdviceSchema } from '../provider-advice.ts';
import { providerDescriptorSchema } from '../provider-options.ts';
import { libraryDownloadSchema, libraryStateSchema, providerStatusSchema } from '../provider.ts';
import { procedure } from './base.ts';

export const devicesContract = {
  /** This machine; detected once per start and on `refresh`. */
  current: procedure.input(z.object({ refresh: z.boolean().default(false) }).prefault({})).output(deviceSchema),
  /** Every device that has runs in the store. */
  list: procedure.output(z.array(deviceSchema)),
  /** Every provider: what its last probe found while nothing has changed since; on `refresh` it is tried again. */
  providers: procedure
    .input(z.object({ refresh: z.boolean().default(false) }).prefault({}))
    .output(z.array(providerStatusSchema)),
  /** Which providers are worth trying on this machine, in plain words; probes what was not probed yet. */
  advice: procedure.output(z.array(providerAdviceSchema)),
  /** What can be chosen for each provider, and what it ignores. */
  providerOptions: procedure.output(z.array(providerDescriptorSchema)),
  /** The libraries for CUDA and TensorRT, which are a download of their own. Asks no network. */
  libraries: procedure.output(libraryStateSchema),
  /** How large that download is, and from where: asks the feed. */
  libraryDownload: procedure.output(libraryDownloadSchema),
  getLibraries: procedure.output(z.object({ jobId: z.string() })),
  removeLibraries: procedure.output(libraryStateSchema),
};
