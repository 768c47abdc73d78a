import type { JobRunner } from '../jobs/job-runner.ts';
import type { ModelLibrary } from '../library/model-library.ts';
import { compressInputSchema } from '../recipes/compress-job.ts';
import type { RecipeBook } from '../recipes/recipe-book.ts';
import type { Implementer } from './implementer.ts';
import { jsonSchema } from '#shared/json.ts';

export function recipesRouter(
  os: Implementer,
  { recipes, library, jobs }: { recipes: RecipeBook; library: ModelLibrary; jobs: JobRunner },
) {
  return os.recipes.router({
    catalog: os.recipes.catalog.handler(() => recipes.catalog()),
    validate: os.recipes.validate.handler(({ input }) => recipes.validate(input.recipe)),
    compress: os.recipes.compress.handler(async ({ input }) => {
      const parent = library.getVariant(input.variantId);
      const recipe = await recipes.validate(input.recipe);
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
