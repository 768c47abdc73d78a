/** Element types and shapes that the rules of `onnx/infer-dtypes.ts` do not reach, as ONNX Runtime infers them when it loads the model. */
import { cloneModel } from '../onnx/clone-model.ts';
import { createValueInfo } from '../onnx/create-value-info.ts';
import { ELEMENT_TYPES, type ElementType } from '../onnx/element-types.ts';
import { inferDtypes } from '../onnx/infer-dtypes.ts';
import { type GraphProto, type ModelProto, type ValueInfoProto, valueInfoSchema } from '../onnx/ir.ts';
import { createMessage } from '../onnx/message.ts';
import { removeUnused } from '../onnx/remove-unused.ts';
import { contentByteLength } from '../onnx/tensor-contents.ts';
import { walkTensors } from '../onnx/walk-model.ts';
import { openSession } from './calibration/open-session.ts';

/** Writing and loading a larger model costs more than the answer is worth. */
const LARGEST_MODEL_BYTES = 1024 ** 3;

/**
 * Declares in the main graph what static rules cannot tell, such as what operators of other domains make, so that passes see it. Does
 * nothing where the rules tell everything.
 * @returns takes the declarations out again
 * Errors: those of loading.
 */
export async function declareTypes(model: ModelProto): Promise<() => void> {
  const graph = model.graph as GraphProto;
  const known = inferDtypes(graph);
  const names = graph.nodes.flatMap(({ outputs }) => outputs).filter((name) => name !== '' && !known.has(name));
  if (names.length === 0 || sizeOf(model) > LARGEST_MODEL_BYTES) return () => {};
  const declared = await askRuntime(model, names);
  graph.valueInfos.push(...declared);
  const types = new Set(declared.map(({ type }) => type));
  return () => {
    // Of the graph as it is by then: raising the opset puts a copy in its place, whose values have the same types.
    const { valueInfos } = model.graph as GraphProto;
    (model.graph as GraphProto).valueInfos = valueInfos.filter(({ type }) => !types.has(type));
  };
}

function sizeOf(model: ModelProto): number {
  return [...walkTensors(model)].reduce((sum, tensor) => sum + contentByteLength(tensor), 0);
}

async function askRuntime(model: ModelProto, names: readonly string[]): Promise<ValueInfoProto[]> {
  const probe = cloneModel(model);
  const graph = probe.graph as GraphProto;
  graph.outputs = names.map((name) => createMessage(valueInfoSchema, { name }));
  removeUnused(graph);
  const session = await openSession(probe, 'node:cpu');
  const { outputMetadata } = session;
  await session.release();
  return outputMetadata.flatMap((output) =>
    output.isTensor && output.type in ELEMENT_TYPES ? [declare(output.name, output.type, output.shape)] : [],
  );
}

/** Without dimensions ONNX Runtime may mean a scalar, or a shape that it does not know. */
function declare(name: string, type: ElementType, dims: readonly (number | string)[]): ValueInfoProto {
  return createValueInfo(name, type, dims.length > 0 ? dims : null);
}
