/** Import: inspect, check, copy, verify the copy, keep. A file that is refused leaves nothing behind. */
import { basename, extname, join, resolve } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import type { ModelInspection } from '#shared/model.ts';
import { type Recipe, recipeSchema } from '#shared/recipe.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';
import type { Store } from '../store/store.ts';
import { copyModelFiles, requireFile, toFileName } from './model-files.ts';
import type { Kept, VariantKeeper } from './variant-keeper.ts';

export type ImportAbout = {
  name?: string | undefined;
  sample?: { datasetId: string };
  /** Errors: `cancelled`. */
  signal?: AbortSignal | undefined;
};

export type Importer = { store: Store; engines: EngineHost; keeper: VariantKeeper };

export async function importModel(importer: Importer, path: string, about: ImportAbout = {}): Promise<Kept> {
  const { store, engines, keeper } = importer;
  const { signal } = about;
  const sourcePath = resolve(path);
  await requireFile(sourcePath);
  const inspection = await inspectAndCheck(importer, sourcePath, signal);
  const known = keeper.findKnown(inspection.sha256);
  if (known) return known;

  const origin = findOrigin(store, inspection);
  const fileStem = basename(sourcePath, extname(sourcePath));
  const name = about.name?.trim() || fileStem;
  return keeper.inTemporaryFolder(async (folder) => {
    const filePath = join(folder, 'model', toFileName(fileStem, '.onnx'));
    await copyModelFiles(sourcePath, filePath, inspection.externalDataFiles, signal);
    const copy = await engines.call('model.inspect', { path: filePath }, { signal });
    if (copy.sha256 !== inspection.sha256) {
      throw new AppError('conflict', `${sourcePath} changed while it was copied. Import it again when it is complete.`);
    }
    const nowMs = Date.now();
    const modelId = origin?.modelId ?? inspection.sha256;
    return keeper.keep(
      filePath,
      {
        id: inspection.sha256,
        modelId,
        parentId: origin?.parentId ?? null,
        name,
        sizeBytes: inspection.sizeBytes,
        recipe: origin?.recipe ?? null,
        createdAtMs: nowMs,
        steps: [],
        checks: [],
        fidelity: null,
        inspection,
      },
      origin
        ? null
        : {
            id: modelId,
            name,
            importedAtMs: nowMs,
            sourcePath: about.sample ? null : sourcePath,
            isSample: about.sample !== undefined,
            datasetId: about.sample?.datasetId ?? null,
          },
      signal,
    );
  });
}

/** What our own reader says of a file. Errors: `invalid-model` and others, as sentences. */
export async function inspectFile(engines: EngineHost, path: string, signal?: AbortSignal): Promise<ModelInspection> {
  await requireFile(path);
  return engines.call('model.inspect', { path: resolve(path) }, { signal }).catch((error: unknown) => {
    throw refusalOf(error, path);
  });
}

/** Reads with our own reader, then lets ONNX Runtime load it, unless the library did so before. */
async function inspectAndCheck(
  { store, engines }: Importer,
  path: string,
  signal: AbortSignal | undefined,
): Promise<ModelInspection> {
  const engine = await engines.start({ signal });
  const limit = { silenceLimitMs: 120_000, signal };
  try {
    const inspection = await engine.request('model.inspect', { path }, limit);
    const isKnown = store.models.getVariant(inspection.sha256) ?? store.models.getRemoved(inspection.sha256);
    if (!isKnown) await engine.request('model.check', { path }, limit);
    return inspection;
  } catch (error) {
    throw refusalOf(error, path);
  } finally {
    await engine.kill();
  }
}

/** Where a file that Whittle once made belongs, when its original is in the library. */
function findOrigin(
  store: Store,
  inspection: ModelInspection,
): { modelId: string; parentId: string; recipe: Recipe | null } | null {
  const originalId = inspection.metadata['whittle.original_sha256'];
  if (originalId === undefined || store.models.get(originalId) === null) return null;
  const recipe = recipeSchema.safeParse(parseJson(inspection.metadata['whittle.recipe']));
  return {
    modelId: originalId,
    parentId: inspection.metadata['whittle.parent_sha256'] ?? originalId,
    recipe: recipe.success ? recipe.data : null,
  };
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A file that crashes or hangs the engine is refused like any other that cannot be loaded. */
function refusalOf(error: unknown, path: string): unknown {
  if (!(error instanceof AppError)) return error;
  if (error.kind !== 'engine-crashed' && error.kind !== 'engine-timeout') return error;
  return new AppError('invalid-model', `${path} could not be loaded. ${error.message}`, { cause: error });
}
