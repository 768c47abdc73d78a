/** What RECIPE means: a preset, a pass with its default settings, a saved recipe, or a JSON file. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { parseRecipe } from '#shared/parse-recipe.ts';
import type { Recipe } from '#shared/recipe.ts';
import type { WorkbenchClient } from '#workbench/local-client.ts';

/** Errors: `wrong-usage` for a name that means nothing; `invalid-input` for a file that holds no recipe. */
export async function readRecipe(client: WorkbenchClient, text: string, signal: AbortSignal): Promise<Recipe> {
  const { presets, passes } = await client.recipes.catalog({}, { signal });
  const preset = presets.find(({ id }) => id === text);
  if (preset) return preset.recipe;
  const pass = passes.find((descriptor) => descriptor.pass === text);
  if (pass) return { version: 1, name: pass.pass, passes: [{ pass: pass.pass, settings: {} }] };
  const saved = await client.recipes.list();
  const named = saved.find(({ name }) => name.toLowerCase() === text.toLowerCase());
  if (named) return named.recipe;
  const path = resolve(text);
  if (existsSync(path)) return readRecipeFile(path);
  const names = [
    ...presets.map(({ id }) => id),
    ...passes.map((descriptor) => descriptor.pass),
    ...saved.map(({ name }) => name),
  ];
  throw new AppError(
    'wrong-usage',
    `“${text}” is no recipe: it is neither a file, nor a preset, pass or saved recipe (${names.join(', ')}).`,
  );
}

/** Errors: `wrong-usage` where there is no file; `input-output` and `invalid-input`, naming the file. */
export function readRecipeFile(path: string): Recipe {
  if (!existsSync(path)) throw new AppError('wrong-usage', `There is no file ${path}.`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new AppError('input-output', `${path} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
  return parseRecipe(text, path);
}
