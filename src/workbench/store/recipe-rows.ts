import { type Recipe, recipeSchema, type SavedRecipe } from '#shared/recipe.ts';
import { fromJsonColumn, toJsonColumn } from './columns.ts';
import type { StoreDatabase } from './store-database.ts';

type RecipeRow = { id: string; recipe: string; saved_at_ms: number };

/** The user's own recipes. */
export function createRecipeRows({ sqlite, write }: StoreDatabase) {
  const selectAll = sqlite.prepare<[], RecipeRow>('SELECT * FROM saved_recipes WHERE removed_at_ms IS NULL');
  const select = sqlite.prepare<[string], RecipeRow & { removed_at_ms: number | null }>(
    'SELECT * FROM saved_recipes WHERE id = ?',
  );
  const upsert = sqlite.prepare(
    `INSERT INTO saved_recipes VALUES (?, ?, ?, NULL)
     ON CONFLICT DO UPDATE SET recipe = excluded.recipe, saved_at_ms = excluded.saved_at_ms, removed_at_ms = NULL`,
  );
  const mark = sqlite.prepare('UPDATE saved_recipes SET removed_at_ms = ? WHERE id = ?');
  const deleteRemoved = sqlite.prepare('DELETE FROM saved_recipes WHERE removed_at_ms IS NOT NULL');
  const toSaved = (row: RecipeRow): SavedRecipe => {
    const recipe = fromJsonColumn(recipeSchema, row.recipe);
    return { id: row.id, name: recipe.name, recipe, savedAtMs: row.saved_at_ms };
  };
  return {
    list: (): SavedRecipe[] =>
      selectAll
        .all()
        .map(toSaved)
        .toSorted((a, b) => a.name.localeCompare(b.name)),
    /** Also one that was removed and can be restored. */
    get: (id: string): (SavedRecipe & { isRemoved: boolean }) | null => {
      const row = select.get(id);
      return row ? { ...toSaved(row), isRemoved: row.removed_at_ms !== null } : null;
    },
    /** Adds it, or puts it in the place of the one with this id. */
    put: (id: string, recipe: Recipe, savedAtMs: number): void =>
      write(() => void upsert.run(id, toJsonColumn(recipe), savedAtMs)),
    /** `removedAtMs` null restores. */
    markRemoved: (id: string, removedAtMs: number | null): void => write(() => void mark.run(removedAtMs, id)),
    purgeRemoved: (): void => write(() => void deleteRemoved.run()),
  };
}
