/**
 * A recipe: an ordered list of passes with their settings. The shape is known here; what settings a pass takes is known
 * to the pass itself (`src/engine/compress/`), which validates them and describes them as JSON Schema.
 */
import { z } from 'zod';
import { jsonObjectSchema } from './json.ts';

export const recipeStepSchema = z.object({
  /** Registry name of a pass: `float16`, `quantize-dynamic`, … */
  pass: z.string().min(1),
  settings: jsonObjectSchema.default({}),
});
export type RecipeStep = z.infer<typeof recipeStepSchema>;

/** Rises when a recipe of the version before would be read wrongly. New settings have defaults, and do not raise it. */
export const RECIPE_VERSION = 1;

export const recipeSchema = z.object({
  version: z.literal(RECIPE_VERSION),
  name: z.string().min(1).max(80),
  passes: z.array(recipeStepSchema).min(1).max(20),
});
export type Recipe = z.infer<typeof recipeSchema>;

/** What a pass says of itself, for `whittle recipes` and the forms on screen. */
export const passDescriptorSchema = z.object({
  pass: z.string(),
  title: z.string(),
  summary: z.string(),
  goodFor: z.string(),
  needsCalibration: z.boolean(),
  /** JSON Schema (draft 2020-12) of the settings: every property has a default and a description. */
  settingsSchema: jsonObjectSchema,
});
export type PassDescriptor = z.infer<typeof passDescriptorSchema>;

export const presetSchema = z.object({
  /** Name on the command line: `half-precision`. */
  id: z.string(),
  title: z.string(),
  summary: z.string(),
  goodFor: z.string(),
  recipe: recipeSchema,
});
export type Preset = z.infer<typeof presetSchema>;

/** A recipe of the user's own, kept in the library. No two have the same name. */
export const savedRecipeSchema = z.object({
  id: z.string(),
  name: z.string(),
  recipe: recipeSchema,
  savedAtMs: z.number(),
});
export type SavedRecipe = z.infer<typeof savedRecipeSchema>;
