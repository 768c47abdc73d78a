/** Models, their variants and the recipes that made them. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '#shared/json.ts';
import {
  compressStepSchema,
  fidelitySchema,
  findingSchema,
  type Model,
  modelInspectionSchema,
  type Variant,
} from '#shared/model.ts';
import { type Recipe, recipeSchema } from '#shared/recipe.ts';
import {
  fromJsonColumn,
  fromNullableJsonColumn,
  fromPathColumn,
  toJsonColumn,
  toNullableJsonColumn,
  toPathColumn,
} from './columns.ts';
import type { StoreDatabase } from './store-database.ts';

type ModelRow = {
  id: string;
  name: string;
  imported_at_ms: number;
  source_path: string | null;
  is_sample: number;
  dataset_id: string | null;
};

type VariantRow = {
  id: string;
  model_id: string;
  parent_id: string | null;
  name: string;
  path: string;
  size_bytes: number;
  recipe: string | null;
  created_at_ms: number;
  steps: string;
  checks: string;
  fidelity: string | null;
  inspection: string;
};

const VARIANT_COLUMNS = `variants.id, model_id, parent_id, variants.name, path, size_bytes, recipe, created_at_ms, steps, fidelity,
  inspection, checks FROM variants LEFT JOIN recipes ON recipes.id = recipe_id`;

export function createModelRows(database: StoreDatabase) {
  const { sqlite, write, homePath } = database;
  const selectModels = sqlite.prepare<[], ModelRow>(
    'SELECT * FROM models WHERE removed_at_ms IS NULL ORDER BY imported_at_ms, rowid',
  );
  const selectModel = sqlite.prepare<[string], ModelRow>('SELECT * FROM models WHERE id = ? AND removed_at_ms IS NULL');
  const selectVariantsOf = sqlite.prepare<[string], VariantRow>(
    `SELECT ${VARIANT_COLUMNS} WHERE model_id = ? AND removed_at_ms IS NULL
     ORDER BY variants.id <> model_id, created_at_ms, variants.rowid`,
  );
  const selectVariant = sqlite.prepare<[string], VariantRow>(
    `SELECT ${VARIANT_COLUMNS} WHERE variants.id = ? AND removed_at_ms IS NULL
     AND model_id IN (SELECT id FROM models WHERE removed_at_ms IS NULL)`,
  );
  const selectRemovedVariant = sqlite.prepare<[string], { model_id: string; model_removed: number; path: string }>(
    `SELECT model_id, models.removed_at_ms IS NOT NULL AS model_removed, path FROM variants
     JOIN models ON models.id = model_id
     WHERE variants.id = ? AND (variants.removed_at_ms IS NOT NULL OR models.removed_at_ms IS NOT NULL)`,
  );
  const insertModel = sqlite.prepare('INSERT INTO models VALUES (?, ?, ?, ?, ?, ?, NULL)');
  const insertVariant = sqlite.prepare('INSERT INTO variants VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)');
  const insertRecipe = sqlite.prepare('INSERT INTO recipes VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  const renameModel = sqlite.prepare('UPDATE models SET name = ? WHERE id = ?');
  const renameVariant = sqlite.prepare('UPDATE variants SET name = ? WHERE id = ?');
  const tieModel = sqlite.prepare('UPDATE models SET dataset_id = ? WHERE id = ?');
  const markModel = sqlite.prepare('UPDATE models SET removed_at_ms = ? WHERE id = ?');
  const markVariant = sqlite.prepare('UPDATE variants SET removed_at_ms = ? WHERE id = ?');
  const selectRemovedFiles = sqlite.prepare<[], { path: string }>(
    `SELECT path FROM variants WHERE removed_at_ms IS NOT NULL
     OR model_id IN (SELECT id FROM models WHERE removed_at_ms IS NOT NULL)`,
  );
  const deleteRemovedModels = sqlite.prepare('DELETE FROM models WHERE removed_at_ms IS NOT NULL');
  const deleteRemovedVariants = sqlite.prepare('DELETE FROM variants WHERE removed_at_ms IS NOT NULL');

  const toVariant = (row: VariantRow): Variant => ({
    id: row.id,
    modelId: row.model_id,
    parentId: row.parent_id,
    name: row.name,
    path: fromPathColumn(homePath, row.path),
    sizeBytes: row.size_bytes,
    recipe: fromNullableJsonColumn(recipeSchema, row.recipe),
    createdAtMs: row.created_at_ms,
    steps: fromJsonColumn(z.array(compressStepSchema), row.steps),
    checks: fromJsonColumn(z.array(findingSchema), row.checks),
    fidelity: fromNullableJsonColumn(fidelitySchema, row.fidelity),
    inspection: fromJsonColumn(modelInspectionSchema, row.inspection),
  });
  const toModel = (row: ModelRow): Model => ({
    id: row.id,
    name: row.name,
    importedAtMs: row.imported_at_ms,
    sourcePath: row.source_path,
    isSample: row.is_sample === 1,
    datasetId: row.dataset_id,
    variants: selectVariantsOf.all(row.id).map(toVariant),
  });
  const saveRecipe = (recipe: Recipe): string => {
    const id = createHash('sha256').update(canonicalJson(recipe)).digest('hex');
    insertRecipe.run(id, recipe.name, toJsonColumn(recipe));
    return id;
  };

  return {
    list: (): Model[] => selectModels.all().map(toModel),
    get: (id: string): Model | null => {
      const row = selectModel.get(id);
      return row ? toModel(row) : null;
    },
    getVariant: (id: string): Variant | null => {
      const row = selectVariant.get(id);
      return row ? toVariant(row) : null;
    },
    /** A variant that was removed (or whose model was) and can still be restored. */
    getRemoved: (id: string): { modelId: string; isModelRemoved: boolean; path: string } | null => {
      const row = selectRemovedVariant.get(id);
      return row
        ? {
            modelId: row.model_id,
            isModelRemoved: row.model_removed === 1,
            path: fromPathColumn(homePath, row.path),
          }
        : null;
    },
    addModel: (model: Omit<Model, 'variants'>): void =>
      write(
        () =>
          void insertModel.run(
            model.id,
            model.name,
            model.importedAtMs,
            model.sourcePath,
            model.isSample ? 1 : 0,
            model.datasetId,
          ),
      ),
    addVariant: (variant: Variant): void =>
      write(
        () =>
          void insertVariant.run(
            variant.id,
            variant.modelId,
            variant.parentId,
            variant.name,
            toPathColumn(homePath, variant.path),
            variant.sizeBytes,
            variant.recipe ? saveRecipe(variant.recipe) : null,
            variant.createdAtMs,
            toJsonColumn(variant.steps),
            toNullableJsonColumn(variant.fidelity),
            toJsonColumn(variant.inspection),
            toJsonColumn(variant.checks),
          ),
      ),
    renameModel: (id: string, name: string): void => write(() => void renameModel.run(name, id)),
    renameVariant: (id: string, name: string): void => write(() => void renameVariant.run(name, id)),
    tie: (id: string, datasetId: string | null): void => write(() => void tieModel.run(datasetId, id)),
    /** `removedAtMs` null restores. */
    markModelRemoved: (id: string, removedAtMs: number | null): void =>
      write(() => void markModel.run(removedAtMs, id)),
    markVariantRemoved: (id: string, removedAtMs: number | null): void =>
      write(() => void markVariant.run(removedAtMs, id)),
    /** Forgets what was removed for good. @returns the files that nobody needs any more */
    purgeRemoved: (): string[] =>
      write(() => {
        const paths = selectRemovedFiles.all().map((row) => fromPathColumn(homePath, row.path));
        deleteRemovedModels.run();
        deleteRemovedVariants.run();
        return paths;
      }),
  };
}
