/** The nodes of an original and of a compressed model side by side, layer by layer, each with its time. Pure. */
import { z } from 'zod';
import type { DividedTime } from './operator-profile.ts';
import { CONVERSION_OPERATOR } from './text/speed-words.ts';

/** Nodes as executed, most time first. */
const sideSchema = z.object({
  timeMs: z.number(),
  nodes: z.array(z.object({ name: z.string(), operator: z.string(), timeMs: z.number() })),
});

export const alignedOperatorsSchema = z.object({
  /** Of both runs, milliseconds; the layers and what lies outside of operators add up to them. */
  medianMs: z.object({ original: z.number(), compressed: z.number() }),
  /** What lies outside of operators; null where it is not known. */
  outsideMs: z.object({ original: z.number().nullable(), compressed: z.number().nullable() }),
  /** Time of nodes with a counterpart over the time of all nodes, 0..1. */
  alignedShare: z.object({ original: z.number(), compressed: z.number() }),
  /** What it gained or cost most first. */
  layers: z.array(
    z.object({
      /** A node of the model's file, where one is known. */
      name: z.string(),
      /** `both`; `original`: fused away or taken out; `compressed`: added. */
      sides: z.enum(['both', 'original', 'compressed']),
      original: sideSchema,
      compressed: sideSchema,
    }),
  ),
});
export type AlignedOperators = z.infer<typeof alignedOperatorsSchema>;
export type AlignedLayer = AlignedOperators['layers'][number];

type Node = DividedTime['nodes'][number];
type Member = { side: 'original' | 'compressed'; node: Node; labels: string[] };

/** What ONNX Runtime appends to the names of nodes that it replaces. */
const OPTIMIZER_SUFFIX = /(_nchwc|_token_\d+|_quant)+$/;
/** Compression names the parts of an operator that it takes apart after it: `Conv_integer`, `Conv_rescale`. */
const PART_SUFFIX = /_[a-z]+$/;

/**
 * Executed nodes that stand for a common node of the file belong to one layer, and so do those that are joined through others: a
 * convolution that took over an addition is one layer with the convolution and the addition of the other side. What a node stands for
 * follows from names and from the topology of both graphs (`stands-for.ts`); where the executed graph was not kept, from its name alone.
 */
export function alignOperators(original: DividedTime, compressed: DividedTime): AlignedOperators {
  const known = new Set(original.nodes.flatMap(labelsOf));
  const members: Member[] = [
    ...original.nodes.map((node): Member => ({ side: 'original', node, labels: labelsOf(node) })),
    ...compressed.nodes.map((node): Member => ({
      side: 'compressed',
      node,
      labels: labelsOf(node).map((label) => (isPartOf(node, label, known) ? label.replace(PART_SUFFIX, '') : label)),
    })),
  ];
  const layers = joinByLabels(members).map((group) => layerOf(group, known));
  return {
    medianMs: { original: original.medianMs, compressed: compressed.medianMs },
    outsideMs: {
      original: original.unattributed?.timeMs ?? null,
      compressed: compressed.unattributed?.timeMs ?? null,
    },
    alignedShare: { original: alignedShare(layers, 'original'), compressed: alignedShare(layers, 'compressed') },
    layers: layers.toSorted((a, b) => Math.abs(changeMs(b)) - Math.abs(changeMs(a))),
  };
}

/** Below this share of either side's time a table of layers would compare what does not belong together. */
const LEAST_ALIGNED_SHARE = 0.5;

/** Whether enough of the time of both sides has a counterpart for rows of layers to say something. */
export function hasCounterparts({ alignedShare: { original, compressed } }: AlignedOperators): boolean {
  return Math.min(original, compressed) >= LEAST_ALIGNED_SHARE;
}

/** Milliseconds that the compressed model takes more; negative where it takes less. */
export function changeMs({ original, compressed }: Pick<AlignedLayer, 'original' | 'compressed'>): number {
  return compressed.timeMs - original.timeMs;
}

/** What ONNX Runtime added is one layer by operator: names like `ReorderOutput` say nothing about the file. */
function labelsOf({ name, operator, standsFor }: Node): string[] {
  if (standsFor === undefined) return [name.replace(OPTIMIZER_SUFFIX, '')];
  return standsFor.length === 0 ? [`${operator}, added by ONNX Runtime`] : standsFor;
}

function isPartOf({ operator }: Node, label: string, known: ReadonlySet<string>): boolean {
  return !known.has(label) && !CONVERSION_OPERATOR.test(operator) && known.has(label.replace(PART_SUFFIX, ''));
}

/** Groups that share labels, also through others; each in the order of its first member. */
function joinByLabels(members: readonly Member[]): Member[][] {
  const parents = members.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parents[root] !== root) root = parents[root] ?? root;
    return root;
  };
  const firstByLabel = new Map<string, number>();
  for (const [index, { labels }] of members.entries()) {
    for (const label of labels) {
      const first = firstByLabel.get(label);
      if (first === undefined) firstByLabel.set(label, index);
      else parents[Math.max(rootOf(index), rootOf(first))] = Math.min(rootOf(index), rootOf(first));
    }
  }
  return [...Map.groupBy(members.keys(), rootOf).values()].map((indices) =>
    indices.flatMap((index) => members[index] ?? []),
  );
}

function layerOf(group: readonly Member[], known: ReadonlySet<string>): AlignedLayer {
  const sideOf = (side: Member['side']): AlignedLayer['original'] => {
    const nodes = group
      .filter((member) => member.side === side)
      .map(({ node: { name, operator, timeMs } }) => ({ name, operator, timeMs }));
    return { timeMs: nodes.reduce((sum, { timeMs }) => sum + timeMs, 0), nodes };
  };
  const [original, compressed] = [sideOf('original'), sideOf('compressed')];
  const sides = original.nodes.length === 0 ? 'compressed' : compressed.nodes.length === 0 ? 'original' : 'both';
  // Its slowest node names it, by the first node of the original that both sides stand for.
  const [slowest] = group.toSorted((a, b) => b.node.timeMs - a.node.timeMs);
  const shared = group.filter(({ side }) => side !== slowest?.side).flatMap(({ labels }) => labels);
  const name =
    slowest?.labels.find((label) => shared.includes(label)) ??
    slowest?.labels.find((label) => known.has(label)) ??
    slowest?.labels[0] ??
    slowest?.node.name ??
    '';
  return { name, sides, original, compressed };
}

function alignedShare(layers: readonly AlignedLayer[], side: Member['side']): number {
  const timeOf = (some: readonly AlignedLayer[]): number => some.reduce((sum, layer) => sum + layer[side].timeMs, 0);
  const total = timeOf(layers);
  return total === 0 ? 0 : timeOf(layers.filter(({ sides }) => sides === 'both')) / total;
}
