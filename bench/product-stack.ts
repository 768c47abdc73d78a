/** A model of nothing but matrix products with random weights, as large as asked for. */
import {
  createNode,
  dimensionSchema,
  graphSchema,
  modelSchema,
  type ModelProto,
  shapeSchema,
  tensorTypeSchema,
  typeSchema,
  valueInfoSchema,
} from '../src/engine/onnx/ir.ts';
import { createMessage } from '../src/engine/onnx/message.ts';
import { tensorFrom } from '../src/engine/onnx/tensor-contents.ts';
import { createRandom } from '../src/shared/statistics/random.ts';

/** Each product multiplies `[batch, 1024]` by `[1024, 1024]`, float32: 4.2 MB of weights. */
export const STACK_WIDTH = 1024;

/** @returns `t0` → `layerCount` products → the output */
export function createProductStack(layerCount: number): ModelProto {
  const random = createRandom(1);
  const graph = createMessage(graphSchema, {
    name: 'stack',
    inputs: [valueOf('t0')],
    outputs: [valueOf(`t${layerCount}`)],
  });
  for (let layer = 0; layer < layerCount; layer += 1) {
    const weights = Float32Array.from({ length: STACK_WIDTH ** 2 }, () => (random() + random() + random() - 1.5) / 16);
    graph.initializers.push(tensorFrom(`w${layer}`, 'float32', [STACK_WIDTH, STACK_WIDTH], weights));
    graph.nodes.push(
      createNode({
        opType: 'MatMul',
        name: `m${layer}`,
        inputs: [`t${layer}`, `w${layer}`],
        outputs: [`t${layer + 1}`],
      }),
    );
  }
  return createMessage(modelSchema, { irVersion: 8, graph, opsetImports: [{ domain: '', version: 17 }] });
}

function valueOf(name: string) {
  const dimensions = [{ parameter: 'batch' }, { value: STACK_WIDTH }].map((given) =>
    createMessage(dimensionSchema, given),
  );
  const tensor = createMessage(tensorTypeSchema, {
    elementType: 1,
    shape: createMessage(shapeSchema, { dimensions }),
  });
  return createMessage(valueInfoSchema, { name, type: createMessage(typeSchema, { tensor }) });
}
