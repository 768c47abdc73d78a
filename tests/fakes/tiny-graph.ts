import {
  createNode,
  graphSchema,
  type GraphProto,
  type ModelProto,
  modelSchema,
  tensorTypeSchema,
  typeSchema,
  valueInfoSchema,
} from '../../src/engine/onnx/ir.ts';
import { type ElementType, ELEMENT_TYPES } from '../../src/engine/onnx/element-types.ts';
import { createMessage } from '../../src/engine/onnx/message.ts';
import { tensorFrom } from '../../src/engine/onnx/tensor-contents.ts';
import { createRandom } from '../../src/shared/statistics/random.ts';

/** Inputs and outputs of a graph. */
export const valueOf = (name: string, type: ElementType = 'float32') =>
  createMessage(valueInfoSchema, {
    name,
    type: createMessage(typeSchema, {
      tensor: createMessage(tensorTypeSchema, { elementType: ELEMENT_TYPES[type].code }),
    }),
  });

/** Bell-shaped around zero, the same for the same seed. */
export function randomFloats(count: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: count }, () => random() + random() + random() - 1.5);
}

export const randomWeight = (name: string, dims: number[], seed: number) =>
  tensorFrom(
    name,
    'float32',
    dims,
    randomFloats(
      dims.reduce((product, size) => product * size, 1),
      seed,
    ),
  );

export const nodeOf = (
  opType: string,
  inputs: string[],
  outputs: string[],
  rest: Parameters<typeof createNode>[0] = {},
) => createNode({ opType, name: `${opType}_${outputs[0]}`, inputs, outputs, ...rest });

export const graphOf = (part: Partial<GraphProto>): GraphProto =>
  createMessage(graphSchema, { name: 'graph', ...part });

export function modelOf(part: Partial<GraphProto>, opset = 17): ModelProto {
  return createMessage(modelSchema, {
    irVersion: 8,
    graph: graphOf(part),
    opsetImports: [{ domain: '', version: opset }],
  });
}
