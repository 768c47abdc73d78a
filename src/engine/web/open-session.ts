/** One session of ONNX Runtime Web for a model that the workbench serves. */
import { AppError } from '#shared/app-error.ts';
import type { TensorInfo } from '#shared/model.ts';
import type { WebModel } from '#shared/web-engine-protocol.ts';
import type { Session } from '../runtime/onnxruntime-types.ts';
import { type InputSlot, resolveShapes } from '../runtime/resolve-shapes.ts';
import { explainLoadError } from '../runtime/runtime-error.ts';
import { fetchBytes } from './fetch-bytes.ts';
import { fixInputShapes } from './fix-input-shapes.ts';
import { sessionOptionsOf } from './session-options.ts';
import type { WebRuntime } from './start-runtime.ts';

/**
 * @returns `loadMs`: the session's creation from bytes in memory; their way into the browser is not in it
 * Errors: those of `explainLoadError`.
 */
export async function openSession(
  { ort, provider, settings }: WebRuntime,
  model: WebModel,
  options: { isVerbose?: boolean } = {},
): Promise<{ session: Session; loadMs: number }> {
  const fetched = await fetchBytes(model.url);
  const externalData: { path: string; data: Uint8Array }[] = [];
  for (const { path, url } of model.externalData) externalData.push({ path, data: await fetchBytes(url) });
  const bytes = provider.isNative ? fetched : fixInputShapes(fetched, shapesOf(model, settings));
  try {
    const startMs = performance.now();
    const session = await ort.InferenceSession.create(bytes, {
      ...sessionOptionsOf(provider, settings, options),
      ...(externalData.length > 0 ? { externalData } : {}),
    });
    return { session, loadMs: performance.now() - startMs };
  } catch (error) {
    throw explainLoadError(error, model.fileName, provider.id);
  }
}

/** Errors: `unsupported`, naming the input, where the file does not say a type and a rank. */
export function slotsOf({ inspection }: WebModel): InputSlot[] {
  return inspection.inputs.map((input) => {
    const slot = toSlot(input);
    if (slot !== null) return slot;
    throw new AppError(
      'unsupported',
      `The input “${input.name}” is not a tensor of a known rank; Whittle can run models with tensor inputs only.`,
    );
  });
}

/** Tensors only. An output whose rank the file does not say has an empty shape here. */
export function outputSlotsOf({ inspection }: WebModel): InputSlot[] {
  return inspection.outputs
    .filter(({ dtype }) => !dtype.includes('('))
    .map((output) => toSlot(output) ?? { name: output.name, dtype: output.dtype, shape: [] });
}

function toSlot({ name, dtype, shape, table }: TensorInfo): InputSlot | null {
  if (shape === null || dtype.includes('(')) return null;
  return { name, dtype, shape: shape.map((size) => size ?? ''), ...(table ? { table } : {}) };
}

function shapesOf(model: WebModel, settings: WebRuntime['settings']): Record<string, number[]> {
  return Object.fromEntries(resolveShapes(slotsOf(model), settings).inputs.map(({ name, shape }) => [name, shape]));
}
