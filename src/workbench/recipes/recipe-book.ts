/** What the engine knows of passes and recipes; the catalog is asked for once per start. */
import type { EngineResult } from '#shared/engine-protocol.ts';
import type { Recipe } from '#shared/recipe.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';

export type RecipeBook = {
  catalog: () => Promise<EngineResult<'recipes.catalog'>>;
  /** Checks every pass and setting, and fills in defaults. */
  validate: (recipe: Recipe) => Promise<Recipe>;
};

export function createRecipeBook(engines: EngineHost): RecipeBook {
  let catalog: Promise<EngineResult<'recipes.catalog'>> | null = null;
  return {
    catalog() {
      if (catalog === null) {
        catalog = engines.call('recipes.catalog', {});
        // A failure is told to who asked, and the next one who asks tries again.
        catalog.catch(() => (catalog = null));
      }
      return catalog;
    },
    validate: (recipe) => engines.call('recipes.validate', { recipe }),
  };
}
