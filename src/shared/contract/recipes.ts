import { z } from 'zod';
import { sha256Schema } from '../model.ts';
import { passDescriptorSchema, presetSchema, recipeSchema, savedRecipeSchema } from '../recipe.ts';
import { procedure } from './base.ts';

export const recipesContract = {
  catalog: procedure.output(z.object({ passes: z.array(passDescriptorSchema), presets: z.array(presetSchema) })),
  /** Checks every pass and setting; the recipe comes back with defaults filled in. */
  validate: procedure.input(z.object({ recipe: recipeSchema })).output(recipeSchema),
  /** The user's own, by name. */
  list: procedure.output(z.array(savedRecipeSchema)),
  /** Keeps a recipe under its name; `conflict` when one of that name is there, unless it shall be replaced. */
  save: procedure
    .input(z.object({ recipe: recipeSchema, replace: z.boolean().default(false) }))
    .output(savedRecipeSchema),
  rename: procedure.input(z.object({ id: z.string(), name: recipeSchema.shape.name })).output(savedRecipeSchema),
  /** Reversible (`restore`) until the workbench stops. Variants keep the recipe they were made by. */
  remove: procedure.input(z.object({ id: z.string() })).output(z.object({ removedId: z.string() })),
  restore: procedure.input(z.object({ id: z.string() })).output(savedRecipeSchema),
  /** Starts a job whose result is `compressResultSchema`. */
  compress: procedure
    .input(
      z.object({
        variantId: sha256Schema,
        recipe: recipeSchema,
        name: z.string().trim().min(1).max(120).optional(),
        /** Calibration and fidelity inputs: dataset id or folder; absent: the data the model is tied to, else generated inputs. */
        datasetId: z.string().optional(),
        /** Instead of a dataset: a `.npz` or `.npy` file with an array for each input, whose first axis counts items. */
        inputsPath: z.string().min(1).optional(),
      }),
    )
    .output(z.object({ jobId: z.string() })),
};
