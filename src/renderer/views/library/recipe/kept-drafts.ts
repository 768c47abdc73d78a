/** Recipes that were being edited when the dialog was left, by whatever way, so that who comes back finds them. Pure. */
import { z } from 'zod';
import { keepById, type KeptStorage } from '../../../api/keep-by-id.ts';
import type { RecipeDraft } from './recipe-draft.ts';

const keptDraftSchema = z.object({
  draft: z.object({
    name: z.string(),
    steps: z.array(z.object({ key: z.string(), pass: z.string(), settings: z.record(z.string(), z.json()) })),
  }),
  /** A variant was made by it as it is: it is there to go on from, and nothing waits to be finished. */
  isUsed: z.boolean(),
});
export type KeptDraft = { draft: RecipeDraft; isUsed: boolean };

const drafts = keepById('whittle.recipe-drafts', keptDraftSchema, 50);

/** @returns null where none was left for the model, or what is kept cannot be read */
export function keptDraft(storage: KeptStorage, modelId: string): KeptDraft | null {
  return drafts.find(storage, modelId) ?? null;
}

/** One without a pass is forgotten: there is nothing to come back to. */
export function keepDraft(storage: KeptStorage, modelId: string, kept: KeptDraft): void {
  if (kept.draft.steps.length === 0) drafts.forget(storage, modelId);
  else drafts.keep(storage, modelId, kept);
}
