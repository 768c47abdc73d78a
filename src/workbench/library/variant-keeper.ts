/** How a finished file becomes known: folder and rows together, or neither. */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import type { Model, Variant } from '#shared/model.ts';
import type { Store } from '../store/store.ts';
import { throwIfCancelled } from '../unless-aborted.ts';
import { moveIntoPlace, syncFiles } from './model-files.ts';

export type Kept = { model: Model; variant: Variant; isNew: boolean };

export type VariantKeeper = ReturnType<typeof createVariantKeeper>;

export function createVariantKeeper({ store, homePath }: { store: Store; homePath: string }) {
  const getModel = (id: string): Model => {
    const model = store.models.get(id);
    if (model === null) throw new AppError('not-found', `There is no model ${id} in the library.`);
    return model;
  };
  const getVariant = (id: string): Variant => {
    const variant = store.models.getVariant(id);
    if (variant === null) throw new AppError('not-found', `There is no variant ${id} in the library.`);
    return variant;
  };
  const kept = (id: string, isNew: boolean): Kept => {
    const variant = getVariant(id);
    return { model: getModel(variant.modelId), variant, isNew };
  };
  const restore = (id: string): void =>
    store.transaction(() => {
      const removed = store.models.getRemoved(id);
      if (removed === null) throw new AppError('not-found', `The variant ${id} was not removed, or is gone for good.`);
      store.models.markModelRemoved(removed.modelId, null);
      store.models.markVariantRemoved(id, null);
    });
  /** What the library holds; what was removed from it comes back. */
  const findKnown = (id: string): Kept | null => {
    if (store.models.getVariant(id)) return kept(id, false);
    if (store.models.getRemoved(id) === null) return null;
    restore(id);
    return kept(id, true);
  };

  return {
    getModel,
    getVariant,
    findKnown,
    restore,
    /** A folder inside the home that is gone when `work` is over, whatever happens. */
    inTemporaryFolder: async <Result>(work: (folder: string) => Promise<Result>): Promise<Result> => {
      const folder = join(homePath, 'tmp', randomUUID());
      await mkdir(folder, { recursive: true });
      try {
        return await work(folder);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    /**
     * Moves the folder of `filePath` to its final place and adds the rows.
     * @param variant complete but for its path, which follows from its ids and the file's name
     * @param newModel the model to add with it, when this is an original
     */
    keep: async (
      filePath: string,
      variant: Omit<Variant, 'path'>,
      newModel: Omit<Model, 'variants'> | null,
      signal?: AbortSignal,
    ): Promise<Kept> => {
      const finalFolder = join(homePath, 'models', variant.modelId, variant.id);
      await syncFiles(dirname(filePath));
      throwIfCancelled(signal);
      // The transaction's write lock keeps other processes from doing the same at the same time.
      return store.transaction(() => {
        const known = findKnown(variant.id);
        if (known) return known;
        moveIntoPlace(dirname(filePath), finalFolder);
        try {
          if (newModel) store.models.addModel(newModel);
          const name = newModel ? variant.name : uniqueVariantName(getModel(variant.modelId), variant.name);
          store.models.addVariant({ ...variant, name, path: join(finalFolder, basename(filePath)) });
          return kept(variant.id, true);
        } catch (error) {
          rmSync(finalFolder, { recursive: true, force: true });
          throw error;
        }
      });
    },
  };
}

/** A name that no other variant of the model has: `name`, `name 2`, … */
export function uniqueVariantName(model: Pick<Model, 'variants'>, name: string): string {
  const taken = new Set(model.variants.map((variant) => variant.name));
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name} ${number}`)) number += 1;
  return `${name} ${number}`;
}
