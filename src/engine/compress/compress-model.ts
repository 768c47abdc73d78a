/** Applies a recipe to a file: read, change, write, check that it runs, compare with the parent. */
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { caseSettingsSchema } from '#shared/case.ts';
import type { EngineParams, EngineProgress, EngineResult } from '#shared/engine-protocol.ts';
import { formatBytes } from '#shared/format.ts';
import type { JsonObject } from '#shared/json.ts';
import type { CompressStep, Finding, ModelInspection } from '#shared/model.ts';
import type { Recipe } from '#shared/recipe.ts';
import { inspectModel } from '../onnx/inspect-model.ts';
import { type ModelProto, stringEntrySchema } from '../onnx/ir.ts';
import { loadModel } from '../onnx/load-model.ts';
import { createMessage } from '../onnx/message.ts';
import { removeUnusedFunctions } from '../onnx/remove-unused.ts';
import { sortModel } from '../onnx/sort-nodes.ts';
import { writeModel } from '../onnx/write-model.ts';
import { openCalibrationItems } from './calibration/open-calibration-items.ts';
import { explainGraph } from './checks/explain-graph.ts';
import { readOptimizedGraph } from './checks/optimized-graph.ts';
import { LARGEST_OPTIMIZED_BYTES } from '../runtime/optimized-graph-file.ts';
import { requireSmaller } from './checks/require-smaller.ts';
import { checkModel } from '../runtime/check-model.ts';
import { collectGarbage } from '../runtime/collect-garbage.ts';
import { createSession } from '../runtime/create-session.ts';
import { compareWithParent } from './compare-with-parent.ts';
import type { Pass, PassContext, PassOutcome } from './pass.ts';
import { prepareModel } from './prepare-model.ts';
import { requirePass, validateRecipe } from './validate-recipe.ts';

type Params = EngineParams<'model.compress'>;

/** Shares of the progress: passes, writing (weights that do not fit into memory are computed then), loading, fidelity. */
const PASSES_FRACTION = 0.5;
const WRITTEN_FRACTION = 0.65;
const CHECKED_FRACTION = 0.7;
/**
 * A result of this size keeps its weights in a file of their own where its parent did. ONNX Runtime maps that file; a single file it
 * reads and takes apart, which needs twice its size.
 */
const LARGE_RESULT_BYTES = 256 * 2 ** 20;

/**
 * Writes `outputPath`. When it fails, nothing is left there.
 * Errors: those of reading; `invalid-input` for a recipe that is not valid, and for inputs that the model does not take; `unsupported` when a pass can do nothing on this
 * model, or the file did not become smaller; `invalid-model` when what came out does not load, or its outputs are not finite.
 */
export async function compressModel(
  params: Params,
  onProgress: (progress: EngineProgress) => void,
): Promise<EngineResult<'model.compress'>> {
  const recipe = validateRecipe(params.recipe);
  const { path, outputPath } = params;
  onProgress({ fraction: 0, message: 'Reading the model' });
  const parent = await inspectModel(path);
  try {
    const steps = await writeVariant(params, { recipe, parent, onProgress });
    collectGarbage();
    onProgress({ fraction: WRITTEN_FRACTION, message: 'Loading the result' });
    const inspection = await inspectModel(outputPath);
    const optimized = await loadResult(outputPath, { recipe, inspection });
    requireSmaller(inspection, { parent, recipeName: recipe.name });
    const checks = await explainResult(optimized, { parent, path, inspection, outputPath });
    collectGarbage();
    onProgress({ fraction: CHECKED_FRACTION, message: 'Comparing with the parent' });
    const sizes = { parent, result: inspection, availableBytes: process.availableMemory() };
    const { fidelity, findings } = await compareWithParent(params, sizes, ({ fraction, message }) =>
      onProgress({ fraction: CHECKED_FRACTION + (1 - CHECKED_FRACTION) * (fraction ?? 0), message }),
    );
    steps.at(-1)?.findings.push(...findings);
    return { inspection, steps, checks, fidelity, recipe };
  } catch (error) {
    await rm(outputPath, { force: true });
    await rm(`${outputPath}.data`, { force: true });
    throw error;
  }
}

/** The model is forgotten before the file that it became is checked. */
async function writeVariant(
  params: Params,
  {
    recipe,
    parent,
    onProgress,
  }: { recipe: Recipe; parent: ModelInspection; onProgress: (progress: EngineProgress) => void },
): Promise<CompressStep[]> {
  const { model } = await loadModel(params.path, { leavesWeights: true });
  sortModel(model);
  // Inputs that were chosen and cannot be used are refused also by recipes that could do without.
  await openCalibrationItems(params.inputs, model);
  const steps = await applyPasses(model, recipe, params, onProgress);
  removeUnusedFunctions(model);
  setMetadata(model, params, recipe);
  await writeModel(model, params.outputPath, {
    ...(parent.externalDataFiles.length > 0 ? { largestSingleFileBytes: LARGE_RESULT_BYTES } : {}),
    onBytes: (doneBytes, totalBytes) =>
      onProgress({
        fraction: PASSES_FRACTION + ((WRITTEN_FRACTION - PASSES_FRACTION) * doneBytes) / totalBytes,
        message: `Writing the result: ${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`,
      }),
  });
  return steps;
}

async function applyPasses(
  model: ModelProto,
  recipe: Recipe,
  params: Params,
  onProgress: (progress: EngineProgress) => void,
): Promise<CompressStep[]> {
  const steps: CompressStep[] = [];
  const count = recipe.passes.length;
  for (const [index, { pass: name, settings }] of recipe.passes.entries()) {
    const pass = requirePass(name);
    const report = ({ fraction, message }: EngineProgress): void =>
      onProgress({
        fraction: (PASSES_FRACTION * (index + (fraction ?? 0))) / count,
        message: `${pass.title}: ${message}`,
      });
    report({ fraction: 0, message: 'working' });
    const context: PassContext = {
      parentPath: params.path,
      inputs: params.inputs,
      cpuExtensions: readExtensions,
      onProgress: report,
    };
    const startMs = performance.now();
    const prepared = await prepareModel(model, pass, settings);
    const { summary, findings } = await applyPass(pass, { model, settings, context, preparing: prepared.findings });
    prepared.finish();
    const durationMs = performance.now() - startMs;
    steps.push({ pass: name, settings, durationMs, summary, findings: [...prepared.findings, ...findings] });
  }
  return steps;
}

/** Why a pass may find nothing that people know to be there. */
const REASONS_FOR_NOTHING = new Set(['constants-kept', 'functions-kept']);

async function applyPass(
  pass: Pass,
  { preparing, ...about }: { preparing: Finding[]; model: ModelProto; context: PassContext; settings: JsonObject },
): Promise<PassOutcome> {
  try {
    return await pass.apply(about.model, about.settings, about.context);
  } catch (error) {
    const reasons = preparing.filter(({ kind }) => REASONS_FOR_NOTHING.has(kind));
    if (!(error instanceof AppError) || error.kind !== 'unsupported' || reasons.length === 0) throw error;
    throw new AppError(error.kind, [error, ...reasons].map(({ message }) => message).join(' '), { cause: error });
  }
}

/** Errors: `invalid-model`, naming the recipe, when ONNX Runtime does not load what it made. */
async function loadResult(
  outputPath: string,
  { recipe, inspection }: { recipe: Recipe; inspection: ModelInspection },
): Promise<ModelProto | null> {
  try {
    await loadAsItIs(outputPath);
    const folder = dirname(outputPath);
    return await readOptimizedGraph(outputPath, { folder, sizeBytes: inspection.sizeBytes });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(
      'invalid-model',
      `The recipe “${recipe.name}” made a model that does not load. ${error.message}`,
      { cause: error },
    );
  }
}

/**
 * Of large files the graph is read from a copy with the weights beside it. So that ONNX Runtime has taken the file itself, it loads that
 * once without the optimizations, which would take several times the memory.
 */
async function loadAsItIs(path: string): Promise<void> {
  try {
    const settings = caseSettingsSchema.parse({ graphOptimization: 'disabled' });
    const { session } = await createSession(path, { provider: 'node:cpu', settings, leavesWeights: true });
    await session.release();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // Perhaps it needs them.
    await checkModel(path);
  }
}

/** Nothing where one of the graphs cannot be had: that the model runs is checked by comparing it. */
async function explainResult(
  optimized: ModelProto | null,
  about: { parent: ModelInspection; path: string; inspection: ModelInspection; outputPath: string },
): Promise<Finding[]> {
  const { parent, path, inspection, outputPath } = about;
  if (optimized === null || parent.sizeBytes > LARGEST_OPTIMIZED_BYTES) return [];
  const before = await readOptimizedGraph(path, {
    folder: dirname(outputPath),
    sizeBytes: parent.sizeBytes,
  }).catch((error: unknown) => {
    if (error instanceof AppError) return null;
    throw error;
  });
  return before === null ? [] : explainGraph(before, optimized, inspection);
}

async function readExtensions() {
  const { detectDevice } = await import('../device/detect-device.ts');
  return (await detectDevice()).cpu.extensions;
}

/** So that the file alone finds its original and can be made again. No time stands in it: the same recipe gives the same file. */
function setMetadata(model: ModelProto, params: Params, recipe: Recipe): void {
  const entries = {
    'whittle.original_sha256': params.originalSha256,
    'whittle.parent_sha256': params.parentSha256,
    'whittle.recipe': JSON.stringify(recipe),
    'whittle.version': params.whittleVersion,
  };
  model.metadata = [
    ...model.metadata.filter(({ key }) => !(key in entries)),
    ...Object.entries(entries).map(([key, value]) => createMessage(stringEntrySchema, { key, value })),
  ];
}
