/** The models and variants that are kept: names, ties to data, removal that can be undone, export. */
import { dirname, resolve } from 'node:path';
import { AppError, toErrorData } from '#shared/app-error.ts';
import type { GeneratedInputs } from '#shared/input-forecast.ts';
import type { Model, ModelInspection, Variant } from '#shared/model.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';
import type { Log } from '../log.ts';
import { makeFolder } from '../make-folder.ts';
import type { Store } from '../store/store.ts';
import { requireWritable } from '../transfer/require-writable.ts';
import type { DatasetCatalog } from './datasets.ts';
import { generatedInputsOf } from './generated-inputs.ts';
import { type ImportAbout, importModel, inspectFile } from './import-model.ts';
import { exportModelFiles, removeVariantFolder } from './model-files.ts';
import { createVariantKeeper, type Kept } from './variant-keeper.ts';

/** The dataset family that the bundled models were trained on. */
const SAMPLES_FAMILY = 'fashion-mnist';

export type ModelLibrary = ReturnType<typeof createModelLibrary>;

export function createModelLibrary(options: {
  store: Store;
  engines: EngineHost;
  datasets: DatasetCatalog;
  homePath: string;
  samplesPath: string | null;
  log: Log;
}) {
  const { store, engines, datasets, samplesPath, log } = options;
  const keeper = createVariantKeeper(options);
  const { getModel, getVariant } = keeper;

  return {
    list: (): Model[] => store.models.list(),
    getModel,
    getVariant,
    findKnown: keeper.findKnown,
    keep: keeper.keep,
    inTemporaryFolder: keeper.inTemporaryFolder,
    inspect: (path: string, signal?: AbortSignal): Promise<ModelInspection> => inspectFile(engines, path, signal),

    generatedInputs: (path: string, signal?: AbortSignal): Promise<GeneratedInputs> =>
      generatedInputsOf(engines, path, signal),
    import: (path: string, about: ImportAbout = {}): Promise<Kept> => {
      // One that was removed and is imported again by hand is the same sample as before.
      const isSample = samplesPath !== null && dirname(resolve(path)) === resolve(samplesPath);
      const sample = isSample ? { sample: { datasetId: SAMPLES_FAMILY } } : {};
      return importModel({ store, engines, keeper }, path, { ...about, ...sample });
    },
    renameModel(id: string, name: string): Model {
      getModel(id);
      store.transaction(() => {
        store.models.renameModel(id, name);
        // The original goes by the model's name.
        store.models.renameVariant(id, name);
      });
      return getModel(id);
    },
    renameVariant(id: string, name: string): Variant {
      const variant = getVariant(id);
      store.transaction(() => {
        if (id === variant.modelId) store.models.renameModel(id, name);
        store.models.renameVariant(id, name);
      });
      return getVariant(id);
    },
    tie(id: string, datasetId: string | null): Model {
      getModel(id);
      if (datasetId !== null && !datasets.isTieable(datasetId)) {
        throw new AppError('not-found', `There is no dataset family “${datasetId}” and no folder of that path.`);
      }
      store.models.tie(id, datasetId);
      return getModel(id);
    },
    removeModel(id: string): void {
      getModel(id);
      store.models.markModelRemoved(id, Date.now());
    },
    restoreModel(id: string): Model {
      if (store.models.getRemoved(id) === null) {
        throw new AppError('not-found', `The model ${id} was not removed, or is gone for good.`);
      }
      store.models.markModelRemoved(id, null);
      return getModel(id);
    },
    removeVariant(id: string): void {
      const variant = getVariant(id);
      if (id === variant.modelId) {
        throw new AppError('conflict', `“${variant.name}” is the original: it is removed together with its model.`);
      }
      store.models.markVariantRemoved(id, Date.now());
    },
    restoreVariant(id: string): Variant {
      keeper.restore(id);
      return getVariant(id);
    },
    async exportVariant(id: string, path: string): Promise<string> {
      const variant = getVariant(id);
      const targetPath = resolve(path);
      if (targetPath === variant.path) {
        throw new AppError('conflict', `${targetPath} is where the library keeps it already.`);
      }
      await requireWritable(targetPath, variant.sizeBytes);
      makeFolder(dirname(targetPath));
      await exportModelFiles(variant.path, targetPath, variant.inspection.externalDataFiles);
      return targetPath;
    },
    /** Deletes what was removed, for good. */
    async purgeRemoved(): Promise<void> {
      for (const path of store.models.purgeRemoved()) {
        await removeVariantFolder(path).catch((error: unknown) =>
          log.warn(`${path} could not be deleted: ${toErrorData(error).message}`),
        );
      }
    },
  };
}
