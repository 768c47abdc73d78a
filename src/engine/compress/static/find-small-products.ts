/**
 * Products that are not worth rounding: they have hardly any share of the multiplications and of the weights, and what they make
 * goes on in float32, so quantizing them saves nothing and adds an error that no later layer averages out. Patch embeddings of
 * transformers and small classifiers are such.
 */
import { elementCount } from '../../onnx/element-count.ts';
import { indexGraph } from '../../onnx/graph-index.ts';
import type { GraphProto, NodeProto } from '../../onnx/ir.ts';
import { lastOfKernel, type Product, type Sites } from './find-sites.ts';

/** Of all multiplications, and of all weights. */
const MOST_SHARE = 0.01;

/** “where-free”: only those before which no integers have to be made floats for them. */
export const SMALL_PRODUCTS = ['never', 'where-free', 'always'] as const;
export type KeepsSmall = (typeof SMALL_PRODUCTS)[number];

/**
 * @param about.macs multiplications of each product for one item, in the order of the sites
 * @returns the nodes: these products, and before them what would pool in integers for nothing else
 */
export function findSmallProducts(
  graph: GraphProto,
  { sites, macs, keeps }: { sites: Sites; macs: readonly number[]; keeps: KeepsSmall },
): Set<NodeProto> {
  if (keeps === 'never') return new Set();
  const index = indexGraph(graph);
  const shifts = [...sites.shifts.values()];
  const takers = new Set<NodeProto>([...sites.products, ...shifts].map(({ node }) => node));
  for (const node of sites.carriers) takers.add(node);
  const isMoved = (name: string): boolean => sites.sharedWith.has(name);
  const isTaken = (name: string): boolean =>
    index
      .consumersOf(name)
      .some((node) => takers.has(node) && (node.outputs.some(isMoved) ? node.outputs.some(isTaken) : true));
  const totalMacs = macs.reduce((sum, count) => sum + count, 0);
  const totalWeights = sites.products.reduce((sum, { weight }) => sum + elementCount(weight), 0);
  const isSmall = ({ weight }: Product, position: number): boolean =>
    (macs[position] as number) <= MOST_SHARE * totalMacs && elementCount(weight) <= MOST_SHARE * totalWeights;

  const small = new Set<NodeProto>();
  const leave = (node: NodeProto): void => {
    takers.delete(node);
    small.add(node);
  };
  for (const { node, input } of sites.products.filter(isSmall).toReversed()) {
    // A convolution that stays gives up its own conversion behind it for one before it; a matrix product has none behind it.
    const isFree = node.opType === 'Conv' || !sites.madeInIntegers.has(input);
    if ((node.opType === 'Conv' && isTaken(lastOfKernel(node, index))) || (keeps === 'where-free' && !isFree)) continue;
    leave(node);
    for (let name = input; !isTaken(name);) {
      const maker = sites.carriers.find(({ outputs }) => outputs.includes(name));
      if (!maker) break;
      leave(maker);
      if (!isMoved(name)) break;
      name = maker.inputs[0] as string;
    }
  }
  return small;
}
