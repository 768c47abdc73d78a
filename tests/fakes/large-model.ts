/** A model of any size, written weight by weight: layers of matrix products like a transformer's, with random weights. */
import { createRandom } from '../../src/shared/statistics/random.ts';
import { deferTensors } from '../../src/engine/onnx/deferred-tensors.ts';
import {
  createAttribute,
  createNode,
  dimensionSchema,
  graphSchema,
  modelSchema,
  shapeSchema,
  tensorTypeSchema,
  typeSchema,
  valueInfoSchema,
} from '../../src/engine/onnx/ir.ts';
import { createMessage } from '../../src/engine/onnx/message.ts';
import { writeModel } from '../../src/engine/onnx/write-model.ts';

const TABLE_ROWS = 8192;
/** So that weights are in external data whatever the size. */
const LARGEST_SINGLE_FILE_BYTES = 1e6;

/**
 * Tokens → an embedding table → layers of six products (two of them Gemm with a transposed weight) with additions around them.
 * @param about.width of the layers; a layer has 12 · width² weights
 */
export async function writeLargeModel(
  path: string,
  about: { sizeBytes: number; width: number },
): Promise<{ sizeBytes: number; parameterCount: number }> {
  const { sizeBytes, width } = about;
  const layerCount = Math.max(1, Math.round((sizeBytes / 4 - TABLE_ROWS * width) / (12 * width ** 2)));
  const graph = createMessage(graphSchema, {
    name: 'large',
    inputs: [valueOf('tokens', 7, [1, 8])],
    outputs: [valueOf('y', 1, [8, width])],
  });
  let parameterCount = 0;
  let seed = 0;
  const add = (
    opType: string,
    inputs: string[],
    output: string,
    attributes = [] as ReturnType<typeof createAttribute>[],
  ): string => {
    graph.nodes.push(createNode({ opType, name: `${output}_node`, inputs, outputs: [output], attributes }));
    return output;
  };
  const weight = (name: string, dims: [number, number], scale: number): string => {
    seed += 1;
    const own = seed;
    parameterCount += dims[0] * dims[1];
    graph.initializers.push(
      ...deferTensors([{ name, type: 'float32', dims }], () => [randomWeights(dims[0] * dims[1], own, scale)]),
    );
    return name;
  };
  const product = (input: string, name: string, [rows, columns]: [number, number]): string => {
    // What is added to the stream is small beside it, as in trained models; else layers amplify every rounding.
    const scale = (/\.(o|down_t)$/.test(name) ? 0.2 : 1) / Math.sqrt(rows);
    if (!name.endsWith('_t')) return add('MatMul', [input, weight(`${name}.weight`, [rows, columns], scale)], name);
    const turned = weight(`${name}.weight`, [columns, rows], scale);
    return add('Gemm', [input, turned], name, [createAttribute('transB', 1n)]);
  };

  const table = weight('table', [TABLE_ROWS, width], 1);
  graph.initializers.push(
    ...deferTensors([{ name: 'shape', type: 'int64', dims: [2] }], () => [BigInt64Array.of(8n, BigInt(width))]),
  );
  let stream = add('Reshape', [add('Gather', [table, 'tokens'], 'rows'), 'shape'], 'x');
  for (let layer = 0; layer < layerCount; layer += 1) {
    const part = (name: string): string => `l${layer}.${name}`;
    const q = product(stream, part('q'), [width, width]);
    const k = product(stream, part('k'), [width, width]);
    const v = product(stream, part('v_t'), [width, width]);
    const mixed = add('Mul', [add('Tanh', [add('Add', [q, k], part('qk'))], part('gate')), v], part('mixed'));
    const attended = add('Add', [stream, product(mixed, part('o'), [width, width])], part('attended'));
    const up = add('Tanh', [product(attended, part('up'), [width, 4 * width])], part('act'));
    stream = add(
      'Add',
      [attended, product(up, part('down_t'), [4 * width, width])],
      layer === layerCount - 1 ? 'y' : part('out'),
    );
  }
  const model = createMessage(modelSchema, { irVersion: 8, graph, opsetImports: [{ domain: '', version: 17 }] });
  const written = await writeModel(model, path, { largestSingleFileBytes: LARGEST_SINGLE_FILE_BYTES });
  return { sizeBytes: written.sizeBytes, parameterCount };
}

function valueOf(name: string, elementType: number, dims: number[]) {
  const dimensions = dims.map((value) => createMessage(dimensionSchema, { value }));
  const tensor = createMessage(tensorTypeSchema, { elementType, shape: createMessage(shapeSchema, { dimensions }) });
  return createMessage(valueInfoSchema, { name, type: createMessage(typeSchema, { tensor }) });
}

/** Sums of three uniform numbers: bell-shaped, standard deviation `scale`. */
function randomWeights(count: number, seed: number, scale: number): Float32Array {
  const random = createRandom(seed);
  const weights = new Float32Array(count);
  for (let index = 0; index < count; index += 1) weights[index] = (random() + random() + random() - 1.5) * 2 * scale;
  return weights;
}
