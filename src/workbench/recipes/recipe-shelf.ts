/** Recipes of the user's own: kept in the library under names that mean nothing else. */
import { randomUUID } from 'node:crypto';
import { AppError } from '#shared/app-error.ts';
import type { Recipe, SavedRecipe } from '#shared/recipe.ts';
import type { Store } from '../store/store.ts';
import type { RecipeBook } from './recipe-book.ts';

export type RecipeShelf = {
  list: () => SavedRecipe[];
  /** Errors: `invalid-input` for settings that a pass does not take; `conflict` for a name that is taken. */
  save: (recipe: Recipe, options: { replace: boolean }) => Promise<SavedRecipe>;
  rename: (id: string, name: string) => Promise<SavedRecipe>;
  remove: (id: string) => void;
  restore: (id: string) => SavedRecipe;
};

export function createRecipeShelf({ store, book }: { store: Store; book: RecipeBook }): RecipeShelf {
  const require = (id: string): SavedRecipe => {
    const found = store.recipes.get(id);
    if (found === null || found.isRemoved) throw new AppError('not-found', `There is no saved recipe ${id}.`);
    const { isRemoved: _isRemoved, ...saved } = found;
    return saved;
  };
  const findNamed = (name: string): SavedRecipe | undefined =>
    store.recipes.list().find((saved) => saved.name.toLowerCase() === name.toLowerCase());
  /** A name has to mean one thing to `--recipe`. */
  const requireOwnName = async (name: string): Promise<void> => {
    const { presets, passes } = await book.catalog();
    const isPreset = presets.some(({ id }) => id === name);
    if (!isPreset && !passes.some(({ pass }) => pass === name)) return;
    throw new AppError(
      'conflict',
      `“${name}” is the name of a ${isPreset ? 'preset' : 'pass'}. Give the recipe another name.`,
    );
  };
  const requireFree = (name: string, ownId: string | null): void => {
    const other = findNamed(name);
    if (other === undefined || other.id === ownId) return;
    throw new AppError(
      'conflict',
      `There is a saved recipe “${other.name}” already. Replace it, or take another name.`,
    );
  };

  return {
    list: () => store.recipes.list(),
    async save(recipe, { replace }) {
      await requireOwnName(recipe.name);
      const complete = await book.validate(recipe);
      return store.transaction(() => {
        const known = findNamed(recipe.name);
        if (!replace) requireFree(recipe.name, null);
        const id = known?.id ?? randomUUID();
        store.recipes.put(id, complete, Date.now());
        return require(id);
      });
    },
    async rename(id, name) {
      await requireOwnName(name);
      return store.transaction(() => {
        const { recipe, savedAtMs } = require(id);
        requireFree(name, id);
        store.recipes.put(id, { ...recipe, name }, savedAtMs);
        return require(id);
      });
    },
    remove(id) {
      require(id);
      store.recipes.markRemoved(id, Date.now());
    },
    restore: (id) =>
      store.transaction(() => {
        const found = store.recipes.get(id);
        if (found === null) throw new AppError('not-found', `The recipe ${id} was not removed, or is gone for good.`);
        requireFree(found.name, id);
        store.recipes.markRemoved(id, null);
        return require(id);
      }),
  };
}
