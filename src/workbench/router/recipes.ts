import type { JobRunner } from '../jobs/job-runner.ts';
import type { DatasetCatalog } from '../library/datasets.ts';
import type { ModelLibrary } from '../library/model-library.ts';
import { requireInputs } from '../library/require-inputs.ts';
import { compressInputSchema } from '../recipes/compress-job.ts';
import type { RecipeBook } from '../recipes/recipe-book.ts';
import type { RecipeShelf } from '../recipes/recipe-shelf.ts';
import type { Implementer } from './implementer.ts';
import { jsonSchema } from '#shared/json.ts';
import { throwIfCancelled } from '../unless-aborted.ts';

export function recipesRouter(
  os: Implementer,
  {
    recipes,
    recipeShelf,
    library,
    datasets,
    jobs,
  }: {
    recipes: RecipeBook;
    recipeShelf: RecipeShelf;
    library: ModelLibrary;
    datasets: DatasetCatalog;
    jobs: JobRunner;
  },
) {
  return os.recipes.router({
    catalog: os.recipes.catalog.handler(() => recipes.catalog()),
    validate: os.recipes.validate.handler(({ input }) => recipes.validate(input.recipe)),
    list: os.recipes.list.handler(() => recipeShelf.list()),
    save: os.recipes.save.handler(({ input }) => recipeShelf.save(input.recipe, input)),
    rename: os.recipes.rename.handler(({ input }) => recipeShelf.rename(input.id, input.name)),
    remove: os.recipes.remove.handler(({ input }) => {
      recipeShelf.remove(input.id);
      return { removedId: input.id };
    }),
    restore: os.recipes.restore.handler(({ input }) => recipeShelf.restore(input.id)),
    compress: os.recipes.compress.handler(async ({ input, signal }) => {
      const parent = library.getVariant(input.variantId);
      const recipe = await recipes.validate(input.recipe);
      await requireInputs(datasets, input, 'train');
      throwIfCancelled(signal);
      const job = jobs.start({
        kind: 'compress',
        title: `Compress ${parent.name} with ${recipe.name}`,
        subject: { modelId: parent.modelId, variantId: parent.id },
        input: jsonSchema.parse(compressInputSchema.parse({ ...input, recipe })),
      });
      return { jobId: job.id };
    }),
  });
}
