/** What can be done to a model, described for people and for forms. */
import { z } from 'zod';
import type { JsonObject } from '#shared/json.ts';
import type { PassDescriptor, Preset } from '#shared/recipe.ts';
import type { Pass } from './pass.ts';
import { presets } from './presets.ts';
import { passes } from './registry.ts';
import { validateRecipe } from './validate-recipe.ts';

/** The recipes of presets come with every setting filled in. */
export function recipeCatalog(): { passes: PassDescriptor[]; presets: Preset[] } {
  return {
    passes: passes.map(describePass),
    presets: presets.map((preset) => ({ ...preset, recipe: validateRecipe(preset.recipe) })),
  };
}

function describePass({ name, title, summary, goodFor, needsCalibration, settings }: Pass): PassDescriptor {
  const settingsSchema = z.toJSONSchema(settings, { io: 'input' }) as JsonObject;
  return { pass: name, title, summary, goodFor, needsCalibration, settingsSchema };
}
