import { z } from 'zod';
import { deviceSchema } from '../device.ts';
import { providerDescriptorSchema } from '../provider-options.ts';
import { providerStatusSchema } from '../provider.ts';
import { procedure } from './base.ts';

export const devicesContract = {
  /** This machine; detected once per start and on `refresh`. */
  current: procedure.input(z.object({ refresh: z.boolean().default(false) }).prefault({})).output(deviceSchema),
  /** Every device that has runs in the store. */
  list: procedure.output(z.array(deviceSchema)),
  /** Every provider; probed once per start and on `refresh`. */
  providers: procedure
    .input(z.object({ refresh: z.boolean().default(false) }).prefault({}))
    .output(z.array(providerStatusSchema)),
  /** What can be chosen for each provider, and what it ignores. */
  providerOptions: procedure.output(z.array(providerDescriptorSchema)),
};
