import type { EngineParams, EngineResult } from '#shared/engine-protocol.ts';
import { countOperators } from '../benchmark/count-operators.ts';
import { declaredInputs } from '../inputs/declared-inputs.ts';
import { inferDtypes } from '../onnx/infer-dtypes.ts';
import { isStandard } from '../onnx/infer-shapes.ts';
import type { GraphProto } from '../onnx/ir.ts';
import { loadModel } from '../onnx/load-model.ts';
import { contentByteLength } from '../onnx/tensor-contents.ts';
import { walkGraphs, walkNodes, walkTensors } from '../onnx/walk-model.ts';
import { resolveShapes } from '../runtime/resolve-shapes.ts';
import { estimateActivations } from './estimate-memory.ts';
import { operatorTables } from './operator-tables.ts';

/** Where shapes are not known: inputs, outputs and what is between them, as a share of the weights. */
const ACTIVATIONS_PER_WEIGHT = 1;

/**
 * What a file says of a case before anything is run. Does not load ONNX Runtime.
 * Errors: those of `loadModel` and `declaredInputs`; `unsupported` where the batch is fixed in the file and another is asked for.
 */
export async function examineModel({
  path,
  provider,
  settings,
}: EngineParams<'model.examine'>): Promise<EngineResult<'model.examine'>> {
  const { model } = await loadModel(path, { leavesWeights: true });
  const graph = model.graph as GraphProto;
  const slots = declaredInputs(graph);
  const { inputs, warnings } = resolveShapes(slots, settings);
  const weightsBytes = [...walkTensors(model)].reduce((sum, tensor) => sum + contentByteLength(tensor), 0);
  const activationsBytes = estimateActivations(graph, new Map(inputs.map(({ name, shape }) => [name, shape])));
  const fixed = new Set(Object.keys(settings.dimensions));
  const table = operatorTables[provider];
  return {
    warnings,
    dtypes: [...new Set([...walkGraphs(model)].flatMap((each) => [...inferDtypes(each).values()]))],
    openDimensions: slots.flatMap(({ name, shape }) =>
      shape.flatMap((size, axis) => {
        const key = size === '' ? `${name}:${axis}` : String(size);
        return typeof size === 'number' || fixed.has(key) ? [] : [key];
      }),
    ),
    unsupported:
      table === undefined
        ? null
        : {
            source: table.source,
            operators: countOperators(
              [...walkNodes(model)]
                .filter((node) => isStandard(node) && node.opType !== 'Constant' && !table.operators.has(node.opType))
                .map(({ opType }) => opType),
            ),
          },
    memory: {
      weightsBytes,
      activationsBytes: activationsBytes ?? ACTIVATIONS_PER_WEIGHT * weightsBytes,
      method: activationsBytes === null ? 'weights' : 'liveness',
    },
  };
}
