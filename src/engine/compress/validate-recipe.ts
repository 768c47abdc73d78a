import type { z } from 'zod';
import { AppError } from '#shared/app-error.ts';
import type { JsonObject } from '#shared/json.ts';
import type { Recipe } from '#shared/recipe.ts';
import { refusedText } from '#shared/text/allowed-text.ts';
import type { Pass } from './pass.ts';
import { passes } from './registry.ts';

/**
 * @returns the recipe with every setting of every pass filled in
 * Errors: `invalid-input`, naming the pass, the setting, its value and what is allowed
 */
export function validateRecipe(recipe: Recipe): Recipe {
  return {
    ...recipe,
    passes: recipe.passes.map(({ pass, settings }) => ({ pass, settings: validateSettings(pass, settings) })),
  };
}

export function requirePass(name: string): Pass {
  const pass = passes.find((candidate) => candidate.name === name);
  if (pass) return pass;
  throw new AppError(
    'invalid-input',
    `There is no pass “${name}”; there are ${passes.map((item) => item.name).join(', ')}.`,
  );
}

function validateSettings(name: string, settings: JsonObject): JsonObject {
  const pass = requirePass(name);
  const parsed = pass.settings.safeParse(settings);
  if (parsed.success) return parsed.data as JsonObject;
  const [issue] = parsed.error.issues;
  throw new AppError(
    'invalid-input',
    issue ? sentenceOf(issue, pass, settings) : `The settings of “${name}” are not valid.`,
  );
}

function sentenceOf(issue: z.core.$ZodIssue, pass: Pass, settings: JsonObject): string {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(pass.settings.shape).join(', ');
    return `The pass “${pass.name}” has no setting “${issue.keys.join('”, “')}”; it has ${known === '' ? 'none' : known}.`;
  }
  return `The setting “${String(issue.path[0] ?? '')}” of the pass “${pass.name}” ${refusedText(issue, settings)}.`;
}
