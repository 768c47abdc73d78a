import { ELEMENT_TYPES } from '../../onnx/element-types.ts';
import { graphSchema, type ModelProto, modelSchema, type TensorProto, valueInfoSchema } from '../../onnx/ir.ts';
import { createMessage } from '../../onnx/message.ts';
import { removeUnused } from '../../onnx/remove-unused.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import type { Session } from '../../runtime/create-session.ts';
import { explainRunError } from '../../runtime/runtime-error.ts';
import { openSession } from '../calibration/open-session.ts';
import type { ConstantPart, FoldableTensor } from './find-constant-part.ts';

const PROVIDER = 'node:cpu';
/** What is computed and held at a time. */
const GROUP_BYTES = 32 * 2 ** 20;

/**
 * Lets ONNX Runtime compute tensors that need no inputs, some at a time.
 * @returns one by one: the tensor and its values, under the name that it has in its own graph
 * Errors: those of loading and running.
 */
export async function* evaluateTensors(
  model: ModelProto,
  { nodes, weights, tensors }: ConstantPart,
): AsyncGenerator<{ tensor: FoldableTensor; value: TensorProto }> {
  // Its optimizer would compute all of it as well, and hold it a second time.
  const settings = { graphOptimization: 'disabled' } as const;
  for (const group of planGroups(tensors)) {
    const graph = createMessage(graphSchema, {
      name: 'constants',
      nodes,
      initializers: weights,
      outputs: group.map(({ flatName }) => createMessage(valueInfoSchema, { name: flatName })),
    });
    removeUnused(graph);
    const { irVersion, opsetImports } = model;
    const session = await openSession(
      createMessage(modelSchema, { irVersion, opsetImports, graph }),
      PROVIDER,
      settings,
    );
    const results = await runOnce(session);
    for (const tensor of group) {
      const result = results[tensor.flatName];
      if (result === undefined || !(result.type in ELEMENT_TYPES) || !ArrayBuffer.isView(result.data)) continue;
      yield { tensor, value: tensorFrom(tensor.name, result.type, result.dims, result.data) };
    }
  }
}

async function runOnce(session: Session): Promise<Awaited<ReturnType<Session['run']>>> {
  try {
    return await session.run({});
  } catch (error) {
    throw explainRunError(error, PROVIDER);
  } finally {
    await session.release();
  }
}

function planGroups(tensors: readonly FoldableTensor[]): FoldableTensor[][] {
  const groups: FoldableTensor[][] = [];
  let groupBytes = Infinity;
  for (const tensor of tensors) {
    if (groupBytes + tensor.sourceBytes > GROUP_BYTES) {
      groups.push([]);
      groupBytes = 0;
    }
    groupBytes += tensor.sourceBytes;
    groups.at(-1)?.push(tensor);
  }
  return groups;
}
