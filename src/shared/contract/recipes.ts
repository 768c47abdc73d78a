import { z } from 'zod';
import { sha256Schema } from '../model.ts';
import { passDescriptorSchema, presetSchema, recipeSchema } from '../recipe.ts';
import { procedure } from './base.ts';

export const recipesContract = {
  catalog: procedure.output(z.object({ passes: z.array(passDescriptorSchema), presets: z.array(presetSchema) })),
  /** Checks every pass and setting; the recipe comes back with defaults filled in. */
  validate: procedure.input(z.object({ recipe: recipeSchema })).output(recipeSchema),
  /** Starts a job whose result is `{ variantId, isNew }`. */
  compress: procedure
    .input(
      z.object({
        variantId: sha256Schema,
        recipe: recipeSchema,
        name: z.string().trim().min(1).max(120).optional(),
        /** Calibration and fidelity inputs: dataset id or folder; absent: the data the model is tied to, else generated inputs. */
        datasetId: z.string().optional(),
      }),
    )
    .output(z.object({ jobId: z.string() })),
};
