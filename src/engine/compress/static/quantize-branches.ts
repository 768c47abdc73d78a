/**
 * Static quantization inside of the branches of an If. A branch that all calibration items take is put in the place of its If, with
 * what it needs from around it: that graph computes what the model computes on these items, so ranges are seen and integers written as in any
 * graph. What the branch became then goes back into it.
 */
import { createNamer } from '../../onnx/create-namer.ts';
import { isStandard } from '../../onnx/infer-shapes.ts';
import { type GraphProto, graphSchema, type ModelProto, type NodeProto } from '../../onnx/ir.ts';
import { createMessage } from '../../onnx/message.ts';
import { removeUnused } from '../../onnx/remove-unused.ts';
import { subgraphsOf, walkGraph } from '../../onnx/walk-model.ts';
import { nodeLabel } from '../node-label.ts';
import { rewriteGates } from '../simplify/rewrite-gates.ts';
import { shareProgress } from '../share-progress.ts';
import type { Skipped } from '../skipped.ts';
import { takeOutBranch } from '../take-out-branch.ts';
import { findSites, type Sites } from './find-sites.ts';
import { type Branch, findTakenBranches } from './find-taken-branches.ts';
import { quantizeStatically, type StaticOptions } from './quantize-graph.ts';

type Context = Parameters<typeof quantizeStatically>[2];

export type QuantizedBranches = { sites: Sites[]; itemCount: number; source: string; skipped: Skipped[] };

/**
 * Of the If nodes of the main graph; products deeper inside, and those of loops, are skipped with a reason.
 * Errors: those of calibration.
 */
export async function quantizeBranches(
  model: ModelProto,
  options: StaticOptions,
  context: Context,
): Promise<QuantizedBranches> {
  const done: QuantizedBranches = { sites: [], itemCount: 0, source: '', skipped: [] };
  const uniqueName = createNamer(model);
  const conditions = new Set(
    (model.graph as GraphProto).nodes
      .filter((node) => isIfNode(node) && subgraphsOf(node).some((inner) => productNames(inner, options).length > 0))
      .map(({ inputs }) => inputs[0] ?? ''),
  );
  const nextPart = shareProgress(context.onProgress);
  const choiceCount = (model.graph as GraphProto).nodes.filter(
    (node) => isIfNode(node) && conditions.has(node.inputs[0] ?? ''),
  ).length;
  // Asked before anything is changed.
  let takenOf: Map<string, Set<Branch>> | undefined;
  for (const node of (model.graph as GraphProto).nodes) {
    const skip = (graph: GraphProto, reason: string): void =>
      void done.skipped.push(...productNames(graph, options).map((name) => ({ name, reason })));
    if (!isIfNode(node)) {
      for (const inner of subgraphsOf(node))
        skip(inner, `it is inside of ${node.opType}, whose rounds are not calibrated`);
      continue;
    }
    for (const { name, graph: branch } of node.attributes) {
      if (!branch) continue;
      for (const inner of branch.nodes.flatMap(subgraphsOf)) {
        skip(inner, 'it is inside of a branch or loop of a branch, which is not calibrated');
      }
      const part = takeOutBranch(model, branch);
      const isOuter = new Set((model.graph as GraphProto).nodes);
      const own = {
        ...options,
        isExcluded: (item: NodeProto) => isOuter.has(item) || options.isExcluded(item),
        // Both would change nodes around the branch, or measure the whole model.
        equalization: 0,
        mixing: null,
        uniqueName,
      };
      if (findSites(part.graph as GraphProto, own).products.length === 0) continue;
      takenOf ??= await findTakenBranches(model, conditions, { ...context, onProgress: nextPart(ASKING_SHARE) });
      const taken: ReadonlySet<string> = takenOf.get(node.inputs[0] ?? '') ?? new Set();
      if (!taken.has(name) || taken.size > 1) {
        const reason = taken.has(name) ? 'not all calibration items take the branch that it is in' : NOT_TAKEN;
        skip(withoutSubgraphs(branch), reason);
        continue;
      }
      rewriteGates(part, own.isExcluded, uniqueName);
      const { sites, itemCount, source } = await quantizeStatically(part, own, {
        ...context,
        onProgress: nextPart(1 / (choiceCount - done.sites.length)),
      });
      putBack(model, branch, part);
      sites.skipped = sites.skipped.filter(
        ({ name: skipped }) => ![...isOuter].some((item) => nodeLabel(item) === skipped),
      );
      done.sites.push(sites);
      Object.assign(done, { itemCount, source });
    }
  }
  return done;
}

/** Of the time, about: what conditions depend on is a part of the model. */
const ASKING_SHARE = 0.1;
const NOT_TAKEN = 'no calibration item takes the branch that it is in. Calibrate on inputs that do';

const isIfNode = (node: NodeProto): boolean => isStandard(node) && node.opType === 'If';

function productNames(graph: GraphProto, { operators, isExcluded }: StaticOptions): string[] {
  return [...walkGraph(graph)]
    .flatMap(({ nodes }) => nodes)
    .filter((node) => isStandard(node) && operators.includes(node.opType) && !isExcluded(node))
    .map(nodeLabel);
}

/** Those of its branches have been skipped already. */
function withoutSubgraphs(graph: GraphProto): GraphProto {
  return createMessage(graphSchema, { nodes: graph.nodes.filter((node) => subgraphsOf(node).length === 0) });
}

function putBack(model: ModelProto, branch: GraphProto, part: ModelProto): void {
  const outer = model.graph as GraphProto;
  const { nodes, initializers } = part.graph as GraphProto;
  const [outerNodes, outerWeights] = [new Set(outer.nodes), new Set(outer.initializers)];
  branch.nodes = nodes.filter((node) => !outerNodes.has(node));
  branch.initializers = initializers.filter((tensor) => !outerWeights.has(tensor));
  branch.outputs = (part.graph as GraphProto).outputs;
  // Types of tensors that are no longer there, or are made of integers now.
  branch.valueInfos = [];
  removeUnused(outer);
}
