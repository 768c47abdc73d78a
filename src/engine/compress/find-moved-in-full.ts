import type { GraphIndex } from '../onnx/graph-index.ts';
import { isStandard } from '../onnx/infer-shapes.ts';
import type { GraphProto, NodeProto } from '../onnx/ir.ts';
import { subgraphsOf } from '../onnx/walk-model.ts';

/** Operators that move values and compute nothing, so that it is all the same in which precision they do. */
const MOVING = new Set([
  'Concat',
  'DepthToSpace',
  'Expand',
  'Flatten',
  'Gather',
  'Identity',
  'Pad',
  'Reshape',
  'Slice',
  'SpaceToDepth',
  'Split',
  'Squeeze',
  'Tile',
  'Transpose',
  'Unsqueeze',
]);

/**
 * Nodes that only move values from where they are float32 to where they have to be: in float16 they would take a cast before and one behind, and
 * digits with it.
 * @param about.staysFull nodes that stay float32 for another reason
 * @param about.isFull tensors without a producer
 * @param about.areOutputsFull whether outputs of the graph are float32 whatever makes them
 */
export function findMovedInFull(
  graph: GraphProto,
  index: GraphIndex,
  about: {
    isFloat: (name: string) => boolean;
    staysFull: (node: NodeProto) => boolean;
    isFull: (name: string) => boolean;
    areOutputsFull: boolean;
  },
): Set<NodeProto> {
  const { isFloat, staysFull, isFull, areOutputsFull } = about;
  const keepsFull = (node: NodeProto): boolean => staysFull(node) || subgraphsOf(node).length > 0;

  /** Moving nodes whose results nobody reads in float16. */
  const candidates = new Set<NodeProto>();
  const takesFull = (reader: NodeProto, name: string): boolean =>
    candidates.has(reader) || (reader.inputs.includes(name) && keepsFull(reader));
  const isReadInFull = (name: string): boolean =>
    (areOutputsFull || !index.isOutput(name)) && index.consumersOf(name).every((reader) => takesFull(reader, name));
  for (const node of graph.nodes.toReversed()) {
    if (!isStandard(node) || !MOVING.has(node.opType) || keepsFull(node)) continue;
    if (node.outputs.filter(isFloat).every(isReadInFull)) candidates.add(node);
  }

  const moved = new Set<NodeProto>();
  const isMadeInFull = (name: string): boolean => {
    const producer = index.producerOf(name);
    return producer ? keepsFull(producer) || moved.has(producer) : isFull(name);
  };
  for (const node of graph.nodes) {
    const floats = candidates.has(node) ? node.inputs.filter(isFloat) : [];
    if (floats.length > 0 && floats.every(isMadeInFull)) moved.add(node);
  }
  return moved;
}
