import { createNode, type TypeProto } from '#engine/onnx/ir.ts';
import { ELEMENT_TYPES } from '#engine/onnx/element-types.ts';
import { loadModel } from '#engine/onnx/load-model.ts';
import { tensorFrom } from '#engine/onnx/tensor-contents.ts';
import { writeModel } from '#engine/onnx/write-model.ts';
import { createRandom } from '#shared/statistics/random.ts';

/**
 * Writes the same model with a branch that costs time and changes nothing: its first input times a matrix with so many columns, of
 * which the largest value becomes one more output, so that ONNX Runtime cannot leave the work out.
 */
export async function addExtraWork(sourcePath: string, targetPath: string, columns: number): Promise<void> {
  const { model } = await loadModel(sourcePath);
  const { graph } = model;
  const input = graph?.inputs[0];
  const dimensions = input?.type?.tensor?.shape?.dimensions ?? [];
  const itemSize = dimensions.slice(1).reduce((product, { value }) => product * (value ?? Number.NaN), 1);
  if (!graph || !input || !(itemSize > 0))
    throw new Error(`The items of the first input of ${sourcePath} have no fixed size.`);
  const random = createRandom(5);
  const weights = Float32Array.from({ length: itemSize * columns }, () => random() - 0.5);
  graph.initializers.push(tensorFrom('extra.weights', 'float32', [itemSize, columns], weights));
  graph.nodes.push(
    createNode({ opType: 'Flatten', name: 'extra.flatten', inputs: [input.name], outputs: ['extra.items'] }),
    createNode({
      opType: 'MatMul',
      name: 'extra.product',
      inputs: ['extra.items', 'extra.weights'],
      outputs: ['extra.products'],
    }),
    createNode({ opType: 'ReduceMax', name: 'extra.largest', inputs: ['extra.products'], outputs: ['extra.output'] }),
  );
  graph.outputs.push({ name: 'extra.output', type: floatType });
  await writeModel(model, targetPath);
}

const floatType: TypeProto = {
  tensor: { elementType: ELEMENT_TYPES.float32.code, shape: undefined },
  sequence: undefined,
  map: undefined,
  sparseTensor: undefined,
  optional: undefined,
};
