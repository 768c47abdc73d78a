/** From the text of a recipe file to a recipe, for the window and the command line. */
import type { z } from 'zod';
import { AppError } from './app-error.ts';
import { refusedText } from './text/allowed-text.ts';
import { RECIPE_VERSION, type Recipe, recipeSchema } from './recipe.ts';

/**
 * Errors: `invalid-input`, in a sentence, for anything that is no recipe, and for one of a version that this Whittle does not know.
 * What its passes make of their settings is for the passes to say.
 */
export function parseRecipe(text: string, fileName: string): Recipe {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // A binary file is quoted with characters that a terminal would obey.
    const detail = (error as Error).message.replaceAll(/\p{Cc}/gu, '');
    throw new AppError(
      'invalid-input',
      `“${fileName}” is not JSON: ${detail}. A recipe is JSON such as “whittle recipes float16 --json” prints.`,
      { cause: error },
    );
  }
  const version = typeof value === 'object' && value !== null ? (value as { version?: unknown }).version : undefined;
  if (typeof version === 'number' && version > RECIPE_VERSION) {
    throw new AppError(
      'invalid-input',
      `“${fileName}” is a recipe of version ${version}, and this Whittle knows recipes up to version ${RECIPE_VERSION}. Take a newer Whittle, or write the recipe anew.`,
    );
  }
  const parsed = recipeSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues as [z.core.$ZodIssue];
  const what = issue.path.length > 0 ? `“${issue.path.join('.')}”` : 'What it holds';
  throw new AppError('invalid-input', `“${fileName}” is not a recipe. ${what} ${refusedText(issue, value)}.`);
}
