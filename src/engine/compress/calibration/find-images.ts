import type { GraphProto } from '../../onnx/ir.ts';

const IMAGE_MAKERS = new Set([
  'Conv',
  'ConvTranspose',
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'Resize',
  'Upsample',
]);
const ELEMENTWISE = new Set([
  'Relu',
  'Clip',
  'LeakyRelu',
  'Sigmoid',
  'HardSigmoid',
  'HardSwish',
  'Add',
  'Mul',
  'Concat',
  'BatchNormalization',
]);

/** Tensors whose channels come second, as those of convolutions; the others have them last. */
export function findImages(graph: GraphProto): Set<string> {
  const images = new Set<string>();
  for (const { opType, inputs, outputs } of graph.nodes) {
    const [input = ''] = inputs;
    if (IMAGE_MAKERS.has(opType)) images.add(input);
    if (IMAGE_MAKERS.has(opType) || (ELEMENTWISE.has(opType) && inputs.some((name) => images.has(name)))) {
      for (const name of outputs) images.add(name);
    }
  }
  return images;
}
