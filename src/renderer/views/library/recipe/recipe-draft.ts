/** A recipe while it is being edited; whether its settings make sense is for the passes to say. */
import { AppError } from '#shared/app-error.ts';
import type { JsonObject } from '#shared/json.ts';
import type { PassDescriptor, Recipe } from '#shared/recipe.ts';
import { settingsWithDefaults } from '../../../components/settings-fields.ts';

/** `key` tells steps apart while they move: a pass may be used twice. */
export type DraftStep = { key: string; pass: string; settings: JsonObject };
export type RecipeDraft = { name: string; steps: DraftStep[] };

export const emptyDraft: RecipeDraft = { name: 'custom', steps: [] };

export function draftOf(recipe: Recipe, passes: readonly PassDescriptor[]): RecipeDraft {
  return {
    name: recipe.name,
    steps: recipe.passes.map(({ pass, settings }) => newStep(pass, passes, settings)),
  };
}

export function newStep(pass: string, passes: readonly PassDescriptor[], settings: JsonObject = {}): DraftStep {
  const schema = passes.find((descriptor) => descriptor.pass === pass)?.settingsSchema ?? {};
  return { key: crypto.randomUUID(), pass, settings: settingsWithDefaults(schema, settings) };
}

/** Errors: `invalid-input` while it has no name or no pass. */
export function recipeOf({ name, steps }: RecipeDraft): Recipe {
  if (steps.length === 0) throw new AppError('invalid-input', 'The recipe has no pass yet. Add at least one.');
  if (name.trim() === '') throw new AppError('invalid-input', 'The recipe has no name yet. Give it one.');
  return {
    version: 1,
    name: name.trim(),
    passes: steps.map(({ pass, settings }) => ({ pass, settings })),
  };
}

export function moveStep(draft: RecipeDraft, index: number, by: -1 | 1): RecipeDraft {
  const steps = [...draft.steps];
  const [step] = steps.splice(index, 1);
  if (step) steps.splice(index + by, 0, step);
  return { ...draft, steps };
}

export function removeStep(draft: RecipeDraft, index: number): RecipeDraft {
  return { ...draft, steps: draft.steps.filter((_, position) => position !== index) };
}

export function changeSetting(draft: RecipeDraft, index: number, settings: JsonObject): RecipeDraft {
  return { ...draft, steps: draft.steps.map((step, position) => (position === index ? { ...step, settings } : step)) };
}
