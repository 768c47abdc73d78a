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
import type { Items } from '../../quality/open-items.ts';
import { planBatches } from '../../runtime/plan-batches.ts';
import { type InputSlot, resolveShapes } from '../../runtime/resolve-shapes.ts';
import { explainRunError } from '../../runtime/runtime-error.ts';
import { feedBatches } from './feed-batches.ts';
import { observeWhole } from './observe-tensors.ts';
import { openSession } from './open-session.ts';

/**
 * By the rules of the operators, or, where those do not know, from a run. The batch is 1 where the model leaves it open.
 * @returns nothing for tensors that are not float32
 * Errors: those of loading and running; `unsupported` when items and model do not fit.
 */
export async function findShapes(
  model: ModelProto,
  names: readonly string[],
  { items, provider }: { items: Items; provider: ProviderId },
): Promise<Map<string, number[]>> {
  const graph = fixInputs(model.graph as GraphProto, items);
  const known = inferShapes(graph, { batchSize: 1 });
  const shapes = new Map<string, number[]>();
  for (const name of names) {
    const dims = known.get(name)?.dims;
    if (dims?.every((size) => size !== null && size > 0)) shapes.set(name, dims as number[]);
  }
  const unknown = names.filter((name) => !shapes.has(name));
  if (unknown.length === 0) return shapes;
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
  return shapes;
}

/** The graph as it is run on one item. */
function fixInputs(graph: GraphProto, items: Items): GraphProto {
  const initialized = new Set(graph.initializers.map(({ name }) => name));
  const inputs = graph.inputs.filter(({ name }) => !initialized.has(name));
  const slots: InputSlot[] = inputs.map(({ name, type }) => ({
    name,
    dtype: elementTypeOf(type?.tensor?.elementType ?? 0) ?? '',
    shape: (type?.tensor?.shape?.dimensions ?? []).map(({ value, parameter }) =>
      value !== undefined && value > 0 ? value : (parameter ?? ''),
    ),
  }));
  const resolved =
    items.itemShape === null
      ? resolveShapes(slots, caseSettingsSchema.parse({})).inputs
      : [planBatches(slots, { ...items, itemShape: items.itemShape }, { batchSize: 1 }).input];
  const fixed = new Map(resolved.map(({ name, shape }) => [name, shape]));
  return {
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
