/** What a model would be fed, told from its file; nothing is run. Does not load ONNX Runtime. */
import type { EngineParams, EngineResult } from '#shared/engine-protocol.ts';
import type { InputForecast } from '#shared/input-forecast.ts';
import { readFileChunks } from '../datasets/read-file-chunks.ts';
import type { GraphProto } from '../onnx/ir.ts';
import { indexTables } from '../onnx/index-tables.ts';
import { loadModel } from '../onnx/load-model.ts';
import { describeValues } from '../runtime/generate-values.ts';
import { axisKey, type InputSlot, resolveShapes } from '../runtime/resolve-shapes.ts';
import { declaredInputs } from './declared-inputs.ts';
import { firstArrays } from './first-arrays.ts';
import { withTables } from './with-tables.ts';

/**
 * Values are drawn for nothing: of generated inputs the range is told that they would be drawn from.
 * Errors: those of `loadModel` and `firstArrays`.
 */
export async function foreseeInputs({
  path,
  settings,
  inputs: source,
}: EngineParams<'inputs.foresee'>): Promise<EngineResult<'inputs.foresee'>> {
  const { model } = await loadModel(path);
  const slots = withTables(declaredInputs(model.graph as GraphProto), indexTables(model));
  if (source.kind === 'generated') return { inputs: foreseeGenerated(slots, settings) };
  const { inputs } = await firstArrays({ slots, read: readFileChunks }, settings, source);
  return { inputs: inputs.map((input) => ({ ...input, assumed: [] })) };
}

/** Errors: `unsupported`, naming the input. */
export function foreseeGenerated(
  slots: readonly InputSlot[],
  settings: Parameters<typeof resolveShapes>[1],
): InputForecast[] {
  const { inputs, assumedAxes } = resolveShapes(slots, settings);
  return inputs.map(({ table, ...input }, index) => ({
    ...input,
    ...describeValues({ ...input, ...(table ? { table } : {}) }),
    assumed: (slots[index]?.shape ?? []).flatMap((dimension, axis) => {
      const key = axisKey(input.name, axis);
      if (!assumedAxes.has(key)) return [];
      return [{ dimension: dimension === '' ? key : String(dimension), size: input.shape[axis] as number }];
    }),
  }));
}
