/** A model of nothing but products with random weights, as large as asked for. */
import {
  createAttribute,
  createNode,
  type GraphProto,
  graphSchema,
  modelSchema,
  type ModelProto,
} from '../src/engine/onnx/ir.ts';
import { createValueInfo } from '../src/engine/onnx/create-value-info.ts';
import { createMessage } from '../src/engine/onnx/message.ts';
import { tensorFrom } from '../src/engine/onnx/tensor-contents.ts';
import { createRandom } from '../src/shared/statistics/random.ts';

/** Each product multiplies `[batch, 1024]` by `[1024, 1024]`, float32: 4.2 MB of weights. */
export const STACK_WIDTH = 1024;
/** Rows of a sliced weight that nothing reads. */
const SPARE_ROWS = 64;

/**
 * `plain`: matrix products; `sliced`: the same, with weights that are cut out of larger ones in the graph; `normalized`: convolutions of
 * 1 × 1, each with a batch normalization behind it.
 */
export type StackKind = 'plain' | 'sliced' | 'normalized';

/** @returns `t0` → `layerCount` products → the output */
export function createProductStack(layerCount: number, kind: StackKind = 'plain'): ModelProto {
  const random = createRandom(1);
  const dims = kind === 'normalized' ? [STACK_WIDTH, 1, 1] : [STACK_WIDTH];
  const graph = createMessage(graphSchema, {
    name: 'stack',
    inputs: [createValueInfo('t0', 'float32', ['batch', ...dims])],
    outputs: [createValueInfo(`t${layerCount}`, 'float32', ['batch', ...dims])],
  });
  if (kind === 'sliced') {
    graph.initializers.push(
      tensorFrom('starts', 'int64', [1], BigInt64Array.of(0n)),
      tensorFrom('ends', 'int64', [1], BigInt64Array.of(BigInt(STACK_WIDTH))),
    );
  }
  for (let layer = 0; layer < layerCount; layer += 1) {
    const rows = STACK_WIDTH + (kind === 'sliced' ? SPARE_ROWS : 0);
    const weights = Float32Array.from(
      { length: rows * STACK_WIDTH },
      () => (random() + random() + random() - 1.5) / 16,
    );
    const shape = kind === 'normalized' ? [rows, STACK_WIDTH, 1, 1] : [rows, STACK_WIDTH];
    graph.initializers.push(tensorFrom(`w${layer}`, 'float32', shape, weights));
    addLayer(graph, layer, kind);
  }
  return createMessage(modelSchema, { irVersion: 8, graph, opsetImports: [{ domain: '', version: 17 }] });
}

function addLayer({ nodes, initializers }: GraphProto, layer: number, kind: StackKind): void {
  const [input, weight, output] = [`t${layer}`, `w${layer}`, `t${layer + 1}`] as const;
  if (kind === 'normalized') {
    const constants = [1, 0, 0, 1].map((value, index) => {
      const tensor = tensorFrom(
        `n${layer}_${index}`,
        'float32',
        [STACK_WIDTH],
        new Float32Array(STACK_WIDTH).fill(value),
      );
      initializers.push(tensor);
      return tensor.name;
    });
    const attributes = [createAttribute('kernel_shape', [1n, 1n])];
    nodes.push(
      createNode({ opType: 'Conv', name: `c${layer}`, inputs: [input, weight], outputs: [`c${layer}`], attributes }),
      createNode({
        opType: 'BatchNormalization',
        name: `n${layer}`,
        inputs: [`c${layer}`, ...constants],
        outputs: [output],
      }),
    );
    return;
  }
  const cut = kind === 'sliced' ? `${weight}_cut` : weight;
  if (kind === 'sliced') {
    nodes.push(createNode({ opType: 'Slice', name: cut, inputs: [weight, 'starts', 'ends'], outputs: [cut] }));
  }
  nodes.push(createNode({ opType: 'MatMul', name: `m${layer}`, inputs: [input, cut], outputs: [output] }));
}
