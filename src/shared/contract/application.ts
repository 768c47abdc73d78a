import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { environmentSchema } from '../experiment.ts';
import { procedure } from './base.ts';

export const applicationInfoSchema = z.object({
  environment: environmentSchema,
  /** Where the database, variants and reports live. */
  homePath: z.string(),
  samplesPath: z.string().nullable(),
  /** Whether PDF reports can be made here; the reason when not. */
  pdf: z.object({ isAvailable: z.boolean(), reason: z.string().nullable() }),
});
export type ApplicationInfo = z.infer<typeof applicationInfoSchema>;

/** Something in the store changed, here or in another process; `topics` says what to read again. */
export const changeEventSchema = z.object({
  topics: z.array(z.enum(['devices', 'models', 'experiments', 'quality', 'jobs', 'reports', 'recipes'])),
});
export type ChangeTopic = z.infer<typeof changeEventSchema>['topics'][number];

export const applicationContract = {
  info: procedure.output(applicationInfoSchema),
  /** Never ends by itself. Progress is a hint to read again: the truth is in the database. */
  changes: procedure.output(eventIterator(changeEventSchema)),
};
