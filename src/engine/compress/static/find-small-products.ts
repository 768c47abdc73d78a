/**
 * Products that are not worth rounding: together they have hardly any share of the multiplications and of the weights, and what they
 * make goes on in float32, so quantizing them saves nothing and adds an error that no later layer averages out. Patch embeddings of
 * transformers and small classifiers are such.
 */
import { elementCount } from '../../onnx/element-count.ts';
import { indexGraph } from '../../onnx/graph-index.ts';
import type { GraphProto, NodeProto } from '../../onnx/ir.ts';
import type { Sites } from './find-sites.ts';
import { lastOfKernel } from './last-of-kernel.ts';

/** Of all multiplications, and of all weights, for one product. */
const MOST_SHARE = 0.01;
/** And for all of them together: each layer of a deep model is small by itself. */
const MOST_SHARE_TOGETHER = 0.1;

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
  const totalMacs = sumOf(macs);
  const totalWeights = sumOf(sites.products.map(({ weight }) => elementCount(weight)));
  const shares = sites.products.map(({ node, weight }, position) => ({
    node,
    macs: (macs[position] as number) / Math.max(1, totalMacs),
    weights: elementCount(weight) / Math.max(1, totalWeights),
  }));
  let candidates = shares.filter((share) => areWithin(MOST_SHARE, [share]));
  for (;;) {
    const small = leaveAsFloat(graph, { sites, keeps, candidates: new Set(candidates.map(({ node }) => node)) });
    const left = candidates.filter(({ node }) => small.has(node));
    if (areWithin(MOST_SHARE_TOGETHER, left)) return small;
    candidates = smallestOf(left);
  }
}

type Share = { node: NodeProto; macs: number; weights: number };

function areWithin(most: number, shares: readonly Share[]): boolean {
  return sumOf(shares.map(({ macs }) => macs)) <= most && sumOf(shares.map(({ weights }) => weights)) <= most;
}

/** As many as are small together. Layers that are alike are treated alike: all of them, or none. */
function smallestOf(shares: readonly Share[]): Share[] {
  const groups = Map.groupBy(shares, ({ macs, weights }) => Math.max(macs, weights));
  let smallest: Share[] = [];
  for (const [, group] of [...groups].toSorted(([a], [b]) => a - b)) {
    const more = [...smallest, ...group];
    if (!areWithin(MOST_SHARE_TOGETHER, more)) break;
    smallest = more;
  }
  return smallest;
}

/** Of the candidates those that stay float32 at no cost, the last first: what one of them gives may go on in float32 only because the next stays. */
function leaveAsFloat(
  graph: GraphProto,
  { sites, keeps, candidates }: { sites: Sites; keeps: KeepsSmall; candidates: ReadonlySet<NodeProto> },
): Set<NodeProto> {
  const index = indexGraph(graph);
  const shifts = [...sites.shifts.values()];
  const takers = new Set<NodeProto>([...sites.products, ...shifts].map(({ node }) => node));
  for (const node of sites.carriers) takers.add(node);
  const isMoved = (name: string): boolean => sites.sharedWith.has(name);
  const isTaken = (name: string): boolean =>
    index
      .consumersOf(name)
      .some((node) => takers.has(node) && (node.outputs.some(isMoved) ? node.outputs.some(isTaken) : true));

  const small = new Set<NodeProto>();
  const leave = (node: NodeProto): void => {
    takers.delete(node);
    small.add(node);
  };
  for (const { node, input } of sites.products.filter((product) => candidates.has(product.node)).toReversed()) {
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

function sumOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
