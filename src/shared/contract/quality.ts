import { z } from 'zod';
import { sha256Schema } from '../model.ts';
import { providerIdSchema } from '../provider.ts';
import { qualitySchema } from '../quality.ts';
import { procedure } from './base.ts';

export const evaluateInputSchema = z.object({
  variantIds: z.array(sha256Schema).min(1),
  provider: providerIdSchema.default('node:cpu'),
  /** Dataset id; absent: the one the model is tied to, else generated inputs (fidelity only). */
  datasetId: z.string().optional(),
  /** A `.npz` or `.npy` file with an array for each input, instead of a dataset; absolute. */
  inputsPath: z.string().min(1).optional(),
  /** The array of that file with a class for each row, from 0; absent: fidelity only. */
  labels: z.string().min(1).optional(),
  /** Absent: the model's original. */
  referenceId: sha256Schema.optional(),
  /** The first N items; absent: all. */
  limit: z.number().int().min(1).optional(),
});

export const qualityContract = {
  /** Starts a job whose result is `{ qualityIds }`. What is known for the same file, provider, device and data is measured again, and gives way unless it saw more items. */
  evaluate: procedure.input(evaluateInputSchema).output(z.object({ jobId: z.string() })),
  get: procedure.input(z.object({ id: z.string() })).output(qualitySchema),
  /** Of each (variant, provider, device, dataset) that of most items, and of such the newest. */
  list: procedure
    .input(z.object({ variantIds: z.array(sha256Schema).optional() }).prefault({}))
    .output(z.array(qualitySchema)),
};
