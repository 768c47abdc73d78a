/** Recipes that were being edited when the dialog was left, by whatever way, so that who comes back finds them. Pure. */
import { z } from 'zod';
import type { RecipeDraft } from './recipe-draft.ts';

const KEY = 'whittle.recipe-drafts';
const MOST_KEPT = 50;

const keptDraftSchema = z.object({
  draft: z.object({
    name: z.string(),
    steps: z.array(z.object({ key: z.string(), pass: z.string(), settings: z.record(z.string(), z.json()) })),
  }),
  /** A variant was made by it as it is: it is there to go on from, and nothing waits to be finished. */
  isUsed: z.boolean(),
});
export type KeptDraft = { draft: RecipeDraft; isUsed: boolean };

/** By model, the one that was changed last at the end. */
const keptSchema = z.array(z.tuple([z.string(), keptDraftSchema])).catch([]);

type Storage = { getItem: (key: string) => string | null; setItem: (key: string, value: string) => void };

/** @returns null where none was left, or what is kept cannot be read */
export function keptDraft(storage: Storage, modelId: string): KeptDraft | null {
  return readKept(storage).find(([id]) => id === modelId)?.[1] ?? null;
}

/** One without a pass is forgotten: there is nothing to come back to. */
export function keepDraft(storage: Storage, modelId: string, kept: KeptDraft): void {
  const others = readKept(storage).filter(([id]) => id !== modelId);
  const own: z.infer<typeof keptSchema> = kept.draft.steps.length === 0 ? [] : [[modelId, kept]];
  storage.setItem(KEY, JSON.stringify([...others, ...own].slice(-MOST_KEPT)));
}

function readKept(storage: Storage): z.infer<typeof keptSchema> {
  try {
    return keptSchema.parse(JSON.parse(storage.getItem(KEY) ?? '[]'));
  } catch {
    return [];
  }
}
