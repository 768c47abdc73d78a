import type { DatasetCatalog } from '../library/datasets.ts';
import { findModels } from '../library/find-models.ts';
import type { ModelLibrary } from '../library/model-library.ts';
import type { Implementer } from './implementer.ts';

type Parts = {
  library: ModelLibrary;
  datasets: DatasetCatalog;
  /** Settles when the samples are in the library. */
  seeded: Promise<void>;
};

export function modelsRouter(os: Implementer, { library, datasets, seeded }: Parts) {
  return os.models.router({
    list: os.models.list.handler(async () => {
      await seeded;
      return library.list();
    }),
    get: os.models.get.handler(async ({ input }) => {
      await seeded;
      return library.getModel(input.id);
    }),
    import: os.models.import.handler(async ({ input, signal }) => {
      await seeded;
      return library.import(input.path, { name: input.name, signal });
    }),
    find: os.models.find.handler(({ input }) => findModels(input.path)),
    inspect: os.models.inspect.handler(({ input, signal }) => library.inspect(input.path, signal)),
    generatedInputs: os.models.generatedInputs.handler(({ input, signal }) =>
      library.generatedInputs(input.path, signal),
    ),
    rename: os.models.rename.handler(({ input }) => library.renameModel(input.id, input.name)),
    tie: os.models.tie.handler(({ input }) => library.tie(input.id, input.datasetId)),
    remove: os.models.remove.handler(({ input }) => {
      library.removeModel(input.id);
      return { removedId: input.id };
    }),
    restore: os.models.restore.handler(({ input }) => library.restoreModel(input.id)),
    datasets: os.models.datasets.handler(() => datasets.list()),
  });
}

export function variantsRouter(os: Implementer, { library, seeded }: Parts) {
  return os.variants.router({
    get: os.variants.get.handler(async ({ input }) => {
      await seeded;
      return library.getVariant(input.id);
    }),
    rename: os.variants.rename.handler(({ input }) => library.renameVariant(input.id, input.name)),
    remove: os.variants.remove.handler(({ input }) => {
      library.removeVariant(input.id);
      return { removedId: input.id };
    }),
    restore: os.variants.restore.handler(({ input }) => library.restoreVariant(input.id)),
    export: os.variants.export.handler(async ({ input }) => ({
      path: await library.exportVariant(input.id, input.path),
    })),
  });
}
