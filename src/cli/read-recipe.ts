/** What RECIPE means: a preset, a pass with its default settings, or a JSON file. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { type PassDescriptor, type Preset, type Recipe, recipeSchema } from '#shared/recipe.ts';
import { z } from 'zod';

type Catalog = { passes: readonly PassDescriptor[]; presets: readonly Preset[] };

/** Errors: `wrong-usage` for a name that means nothing; `invalid-input` for a file that holds no recipe. */
export function readRecipe(text: string, catalog: Catalog): Recipe {
  const preset = catalog.presets.find(({ id }) => id === text);
  if (preset) return preset.recipe;
  const pass = catalog.passes.find((descriptor) => descriptor.pass === text);
  if (pass) return { version: 1, name: pass.pass, passes: [{ pass: pass.pass, settings: {} }] };
  const path = resolve(text);
  if (!existsSync(path)) {
    const names = [...catalog.presets.map(({ id }) => id), ...catalog.passes.map((descriptor) => descriptor.pass)];
    throw new AppError(
      'wrong-usage',
      `“${text}” is no recipe: it is neither a file, nor a preset or pass (${names.join(', ')}).`,
    );
  }
  const recipe = recipeSchema.safeParse(parseJson(path));
  if (recipe.success) return recipe.data;
  throw new AppError('invalid-input', `${path} holds no recipe. ${z.prettifyError(recipe.error)}`);
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new AppError('invalid-input', `${path} is not JSON: ${(error as Error).message}.`, { cause: error });
  }
}
