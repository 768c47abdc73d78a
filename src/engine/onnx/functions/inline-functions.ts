/** Calls of a model's own functions become what is inside of them, so that those who change graphs see it. */
import { createNamer } from '../create-namer.ts';
import type { ElementType } from '../element-types.ts';
import { trackDtypes, typesInside } from '../infer-dtypes.ts';
import type { GraphProto, ModelProto, NodeProto, TensorProto } from '../ir.ts';
import { removeUnusedFunctions } from '../remove-unused.ts';
import { subgraphsOf } from '../walk-model.ts';
import { isFloat, type PlannedFunction, planFunctions, versionOf } from './plan-functions.ts';
import { unfoldCall } from './unfold-call.ts';

export type Inlining = {
  callCount: number;
  /** Names of the functions that were called. */
  inlined: string[];
  /** Functions that are still called from a graph, and why, to go on after “because ”. */
  kept: { name: string; reason: string }[];
};

type Types = ReadonlyMap<string, ElementType>;

/** A small file may say a large number, by functions that each call another one twice. */
const MOST_NODES = 1_000_000;

/**
 * Changes the model in place: in all graphs, where floating-point numbers flow through the call, or are made inside of it. Others stay byte for byte, as do
 * calls of which it is not clear what they mean. Nodes have to be sorted.
 * Errors: `invalid-model` for functions that call themselves, or nest too deep.
 */
export function inlineFunctions(model: ModelProto): Inlining {
  const planOf = planFunctions(model);
  const uniqueName = createNamer(model);
  const inlined = new Set<string>();
  const kept = new Map<string, string>();
  const shared = new Map<NodeProto, string>();
  let callCount = 0;
  let nodesLeft = MOST_NODES;

  /** Null: it is to be written in the place of its call. */
  const reasonToKeep = (call: NodeProto, { body, obstacle, ...plan }: PlannedFunction, types: Types): string | null => {
    const takesFloats = call.inputs.some((name) => isFloat(types.get(name)));
    if (!takesFloats && !plan.holdsFloats) return 'nothing in them is known to be computed in floating point';
    if (obstacle !== null) return obstacle;
    if (call.inputs.length > body.inputs.length || call.outputs.length > body.outputs.length) {
      return 'they are called with more inputs or outputs than they have';
    }
    // What it reads from around the call may have other names inside of the function.
    if (subgraphsOf(call).length > 0) return 'they are given graphs';
    return plan.nodeCount > nodesLeft ? `they would become more than ${MOST_NODES} operators` : null;
  };

  const visit = (graph: GraphProto, outer?: Types): void => {
    const types = trackDtypes(graph, outer);
    const nodes: NodeProto[] = [];
    let isChanged = false;
    const share = (constant: NodeProto, value: TensorProto): string => {
      const name = shared.get(constant) ?? uniqueName(constant.outputs[0] ?? '');
      if (!shared.has(constant)) model.graph?.initializers.push({ ...value, name });
      shared.set(constant, name);
      types.visit({ ...constant, outputs: [name] });
      return name;
    };
    const take = (node: NodeProto): void => {
      const plan = planOf(node);
      const reason = plan && reasonToKeep(node, plan, types.known);
      if (plan && reason === null) {
        inlined.add(plan.body.name);
        callCount += 1;
        nodesLeft -= plan.body.nodes.length;
        isChanged = true;
        importDomains(model, plan);
        for (const inner of unfoldCall(node, plan.body, { uniqueName, share })) take(inner);
        return;
      }
      if (plan && reason) kept.set(plan.body.name, reason);
      for (const inner of subgraphsOf(node)) visit(inner, typesInside(node, inner, types.known));
      types.visit(node);
      nodes.push(node);
    };
    for (const node of graph.nodes) take(node);
    if (isChanged) graph.nodes = nodes;
  };

  if (model.graph && model.functions.length > 0) visit(model.graph);
  if (callCount > 0) removeUnusedFunctions(model);
  return { callCount, inlined: [...inlined], kept: [...kept].map(([name, reason]) => ({ name, reason })) };
}

function importDomains(model: ModelProto, { body }: PlannedFunction): void {
  const missing = body.opsetImports.filter(({ domain }) => versionOf(model.opsetImports, domain) === undefined);
  model.opsetImports.push(...missing);
}
