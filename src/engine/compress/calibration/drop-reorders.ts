import { intAttribute } from '../../onnx/attributes.ts';
import type { GraphProto } from '../../onnx/ir.ts';
import { capturedNames } from '../../onnx/scopes.ts';

const BLOCKED_DOMAIN = 'com.microsoft.nchwc';
/** Of channels: 8 or 16, by the processor. */
const LARGEST_BLOCK = 16;
const POOLS = new Set(['GlobalMaxPool', 'GlobalAveragePool']);

/**
 * Removes what brings blocks of channels into the order of ONNX where each channel has one value left: whole blocks lie in that order already.
 * Copying a few of them takes longer to begin than to do, on every run and for every tensor that is looked at.
 * Source: ONNX Runtime, nchwc_transformer.cc (which operators take blocks, what `channels` is).
 * @param graph as ONNX Runtime has optimized it; is changed
 */
export function dropReorders(graph: GraphProto): void {
  const readers = new Map<string, number>();
  for (const node of graph.nodes) {
    for (const name of [...node.inputs, ...capturedNames(node)]) readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  const reordered = new Map<string, string>();
  for (const node of graph.nodes) {
    const [input = '', output = ''] = [node.inputs[0], node.outputs[0]];
    if (node.domain !== BLOCKED_DOMAIN || node.opType !== 'ReorderOutput' || readers.get(input) !== 1) continue;
    const isWhole = intAttribute(node, 'channels', 1) % LARGEST_BLOCK === 0;
    if (isWhole && intAttribute(node, 'channels_last', 0) === 0) reordered.set(input, output);
  }
  const dropped = new Set<string>();
  for (const node of graph.nodes) {
    const [made = ''] = node.outputs;
    const output = reordered.get(made);
    if (output === undefined || node.domain !== BLOCKED_DOMAIN || !POOLS.has(node.opType)) continue;
    node.outputs = [output];
    dropped.add(output);
  }
  graph.nodes = graph.nodes.filter(
    ({ opType, domain, outputs: [output = ''] }) =>
      !(opType === 'ReorderOutput' && domain === BLOCKED_DOMAIN && dropped.has(output)),
  );
}
