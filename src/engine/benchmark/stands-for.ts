/** Which nodes of a model's file each node of the graph that ONNX Runtime made of it computes. Pure. */
import type { ModelProto, NodeProto } from '../onnx/ir.ts';
import { walkNodes } from '../onnx/walk-model.ts';

/** The optimizer's own additions to the names of nodes and tensors that it moves, copies or takes out of a branch. */
const INLINED_PREFIX = /^(.*?__Inline_\d+__)+/;
const COPY_SUFFIX = /_token_\d+$/;
const BLOCKED_LAYOUT_SUFFIX = /_nchwc$/;
const CONVERSION = /^(Quantize|Dequantize)Linear$/;
/** Copies of a tensor in another layout, under the name that it had: they compute nothing. */
const LAYOUT_OPERATOR = /^Reorder(Input|Output)$/;

/**
 * A node that kept its name, or the name of the tensor that it makes, stands for the node of that name. What has none of its own was fused:
 * into the node that takes all of its results (BatchNormalization after Conv, whose name is lost), or else into the one
 * that made the last of its inputs (an addition and its activation that a convolution took over). Branches with equal names are one.
 * @returns names of nodes of `source`, of unnamed ones that of their first output; nothing for nodes that ONNX Runtime added
 */
export function standsFor(executed: ModelProto, source: ModelProto): Map<NodeProto, string[]> {
  const nodes = [...walkNodes(source)].filter(({ opType }) => opType !== 'Constant');
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  const consumers = new Map<string, NodeProto[]>();
  for (const node of nodes)
    for (const input of node.inputs) consumers.set(input, [...(consumers.get(input) ?? []), node]);

  const order = new Map<NodeProto, number>();
  const owners = new Map<NodeProto, NodeProto[]>();
  for (const [index, node] of [...walkNodes(executed)].entries()) {
    order.set(node, index);
    for (const anchor of anchorsOf(node, { byName, producers }))
      owners.set(anchor, [...(owners.get(anchor) ?? []), node]);
  }

  // Files are sorted: those who take a result come after the one who made it.
  for (const node of nodes.toReversed()) {
    // To quantize is the end of what comes before it.
    if (owners.has(node) || node.opType === 'QuantizeLinear') continue;
    const takers = node.outputs.flatMap((output) => consumers.get(output) ?? []).map((taker) => owners.get(taker)?.[0]);
    const [only] = takers;
    if (only !== undefined && takers.every((taker) => taker === only)) owners.set(node, [only]);
  }
  for (const node of nodes) {
    if (owners.has(node)) continue;
    const makers = node.inputs.flatMap((input) => owners.get(producers.get(input) ?? node) ?? []);
    const last = makers.toSorted((a, b) => (order.get(b) ?? 0) - (order.get(a) ?? 0))[0];
    if (last !== undefined) owners.set(node, [last]);
  }

  const meaning = new Map<NodeProto, NodeProto[]>();
  for (const node of nodes) {
    for (const owner of owners.get(node) ?? []) meaning.set(owner, [...(meaning.get(owner) ?? []), node]);
  }
  return new Map([...meaning].map(([owner, members]) => [owner, namesOf(members)]));
}

/** Conversions are told only where there is nothing else: that an integer operator reads integers says nothing. */
function namesOf(members: readonly NodeProto[]): string[] {
  const computing = members.filter(({ opType }) => !CONVERSION.test(opType));
  return (computing.length > 0 ? computing : members).map(({ name, outputs }) => name || (outputs[0] ?? ''));
}

function anchorsOf(
  { name, opType, outputs }: NodeProto,
  source: { byName: ReadonlyMap<string, NodeProto>; producers: ReadonlyMap<string, NodeProto> },
): Set<NodeProto> {
  if (LAYOUT_OPERATOR.test(opType)) return new Set();
  const names = [name, ...outputs].filter((text) => text !== '').flatMap(withoutAdditions);
  return new Set(names.flatMap((text) => source.byName.get(text) ?? source.producers.get(text) ?? []));
}

/** The name as it is, without the optimizer's endings, and without where it was taken out of. */
function withoutAdditions(name: string): string[] {
  const short = name.replace(BLOCKED_LAYOUT_SUFFIX, '').replace(COPY_SUFFIX, '');
  return [...new Set([name, short, short.replace(INLINED_PREFIX, '')])];
}
