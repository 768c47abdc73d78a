/** Shapes of the tensors inside a model when it is run on one calibration item. */
import { AppError } from '#shared/app-error.ts';
import { caseSettingsSchema } from '#shared/case.ts';
import type { ProviderId } from '#shared/provider.ts';
import { elementTypeOf } from '../../onnx/element-types.ts';
import { inferShapes } from '../../onnx/infer-shapes.ts';
import {
  dimensionSchema,
  type GraphProto,
  type ModelProto,
  shapeSchema,
  tensorTypeSchema,
  typeSchema,
  valueInfoSchema,
} from '../../onnx/ir.ts';
import { createMessage } from '../../onnx/message.ts';
import type { CalibrationItems } from './open-calibration-items.ts';
import { planBatches } from '../../runtime/plan-batches.ts';
import { type InputSlot, resolveShapes } from '../../runtime/resolve-shapes.ts';
import { explainRunError } from '../../runtime/runtime-error.ts';
import { feedBatches } from './feed-batches.ts';
import { observeWhole } from './observe-tensors.ts';
import { openSession } from './open-session.ts';

export type FoundShapes = {
  shapes: Map<string, number[]>;
  /** Names of tensors whose first axis is known to grow with the batch in proportion, or not at all, and no other axis. */
  even: Set<string>;
  /** The batch of the shapes: 1 where the model leaves it open. */
  itemsPerRun: number;
};

/**
 * By the rules of the operators, or, where those do not know, from a run.
 * @returns no shapes of tensors that are not float32
 * Errors: those of loading and running; `unsupported` when items and model do not fit.
 */
export async function findShapes(
  model: ModelProto,
  names: readonly string[],
  { items, provider }: { items: CalibrationItems; provider: ProviderId },
): Promise<FoundShapes> {
  const { graph, itemsPerRun } = fixInputs(model.graph as GraphProto, items, 1);
  const known = inferShapes(graph, { batchSize: 1 });
  const ofTwo = inferShapes(fixInputs(model.graph as GraphProto, items, 2).graph, { batchSize: 2 });
  const even = new Set<string>();
  const shapes = new Map<string, number[]>();
  for (const name of names) {
    const dims = known.get(name)?.dims;
    if (!dims?.every((size) => size !== null && size > 0)) continue;
    shapes.set(name, dims as number[]);
    if (isEven(dims as number[], ofTwo.get(name)?.dims ?? [])) even.add(name);
  }
  const unknown = names.filter((name) => !shapes.has(name));
  if (unknown.length === 0) return { shapes, even, itemsPerRun };
  const session = await openSession(observeWhole(model, unknown), provider);
  try {
    for await (const { feeds } of feedBatches(session, items, 1)) {
      const results = await session.run(feeds).catch((error: unknown) => refuseRun(error, provider));
      for (const [name, tensor] of Object.entries(results)) {
        if (tensor.type === 'float32') shapes.set(name, [...tensor.dims]);
        tensor.dispose();
      }
      break;
    }
  } finally {
    await session.release();
  }
  return { shapes, even, itemsPerRun };
}

function isEven([rows = 0, ...sizes]: readonly number[], [doubled, ...others]: readonly (number | null)[]): boolean {
  return (doubled === rows || doubled === 2 * rows) && sizes.join() === others.join();
}

/** The graph as it is run on so many items, where the model leaves that open. */
export function fixInputs(
  graph: GraphProto,
  items: CalibrationItems,
  batchSize: number,
): { graph: GraphProto; itemsPerRun: number } {
  const initialized = new Set(graph.initializers.map(({ name }) => name));
  const inputs = graph.inputs.filter(({ name }) => !initialized.has(name));
  const slots: InputSlot[] = inputs.map(({ name, type }) => ({
    name,
    dtype: elementTypeOf(type?.tensor?.elementType ?? 0) ?? '',
    shape: (type?.tensor?.shape?.dimensions ?? []).map(({ value, parameter }) =>
      value !== undefined && value > 0 ? value : (parameter ?? ''),
    ),
  }));
  const resolved = items.rows
    ? resolveRows(items.rows, batchSize)
    : items.itemShape === null
      ? { inputs: resolveShapes(slots, caseSettingsSchema.parse({})).inputs, itemsPerRun: 1 }
      : resolveItems(slots, { ...items, itemShape: items.itemShape }, batchSize);
  const fixed = new Map(resolved.inputs.map(({ name, shape }) => [name, shape]));
  const fixedGraph = {
    ...graph,
    inputs: graph.inputs.map((input) => {
      const shape = fixed.get(input.name);
      if (!shape) return input;
      const dimensions = shape.map((value) => createMessage(dimensionSchema, { value }));
      const tensor = createMessage(tensorTypeSchema, {
        elementType: input.type?.tensor?.elementType ?? 0,
        shape: createMessage(shapeSchema, { dimensions }),
      });
      return createMessage(valueInfoSchema, { name: input.name, type: createMessage(typeSchema, { tensor }) });
    }),
  };
  return { graph: fixedGraph, itemsPerRun: resolved.itemsPerRun };
}

function resolveRows(rows: NonNullable<CalibrationItems['rows']>, wanted: number) {
  const itemsPerRun = rows.itemsPerRun ?? wanted;
  const inputs = [...rows.take(0, itemsPerRun)].map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  return { inputs, itemsPerRun };
}

function resolveItems(slots: readonly InputSlot[], items: Parameters<typeof planBatches>[1], wanted: number) {
  const { input, batchSize } = planBatches(slots, items, { batchSize: wanted });
  return { inputs: [input], itemsPerRun: batchSize };
}

/** Errors: `unsupported`, always. */
export function refuseRun(error: unknown, provider: ProviderId): never {
  const { message } = explainRunError(error, provider);
  throw new AppError(
    'unsupported',
    `Calibration runs the model, and it does not run on these inputs. ${message} Give calibration data that fits the model.`,
    { cause: error },
  );
}
