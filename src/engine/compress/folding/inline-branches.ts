/** An If whose condition is known becomes the nodes of the branch that it takes. */
import { type GraphIndex, indexGraph } from '../../onnx/graph-index.ts';
import { inferShapes, type Inferred, isStandard } from '../../onnx/infer-shapes.ts';
import { createNode, type GraphProto, type ModelProto, type NodeProto, type ValueInfoProto } from '../../onnx/ir.ts';
import { ownNames, renameOwn } from '../../onnx/scopes.ts';
import { rawBytesOf } from '../../onnx/tensor-contents.ts';
import { subgraphsOf, walkGraph } from '../../onnx/walk-model.ts';

type Scope = { index: GraphIndex | undefined; known: ReadonlyMap<string, Inferred> };

/**
 * Changes the model in place, in the main graph and in all graphs inside of it. Conditions are known where they are constants, or where they
 * follow from sizes of inputs that the file fixes, which ONNX Runtime insists on.
 * @param uniqueName from `createNamer`
 * @returns how many are gone
 */
export function inlineBranches(model: ModelProto, uniqueName: (wish: string) => string): number {
  const main = model.graph as GraphProto;
  const ownerCounts = new Map<string, number>();
  const countOwners = (graph: GraphProto, change: 1 | -1): void => {
    for (const part of walkGraph(graph)) {
      for (const name of ownNames(part)) ownerCounts.set(name, (ownerCounts.get(name) ?? 0) + change);
    }
  };
  countOwners(main, 1);
  let count = 0;

  const visit = (graph: GraphProto, outer: Scope): void => {
    // Branches may hold others whose conditions are known in turn.
    for (;;) {
      const scope = lookInto(graph, outer);
      const taken = graph.nodes.map((node) => [node, takenBranch(node, scope)] as const).find(([, branch]) => branch);
      if (!taken) {
        for (const node of graph.nodes) for (const inner of subgraphsOf(node)) visit(inner, scope);
        return;
      }
      putInPlace(graph, taken[0], taken[1] as GraphProto);
      count += 1;
    }
  };
  const putInPlace = (graph: GraphProto, node: NodeProto, branch: GraphProto): void => {
    for (const other of subgraphsOf(node)) if (other !== branch) countOwners(other, -1);
    for (const name of ownNames(branch)) {
      if (name !== '' && (ownerCounts.get(name) ?? 0) > 1) renameOwn(branch, name, uniqueName(name), uniqueName);
    }
    const results = node.outputs.map((output, position) => {
      const result = branch.outputs[position]?.name ?? '';
      const isMadeHere = branch.nodes.some(({ outputs }) => outputs.includes(result));
      // The first output that gives a tensor takes it over; others, weights and tensors from around it are copied.
      const isFirst = branch.outputs.findIndex(({ name }) => name === result) === position;
      return { output, result, isTakenOver: isMadeHere && isFirst && output !== '' };
    });
    const copies = results
      .filter(({ output, isTakenOver }) => output !== '' && !isTakenOver)
      .map(({ output, result }) =>
        createNode({ opType: 'Identity', name: node.name, inputs: [result], outputs: [output] }),
      );
    branch.nodes = [...branch.nodes, ...copies];
    for (const { output, result, isTakenOver } of results) {
      if (isTakenOver) renameOwn(branch, result, output, uniqueName);
    }
    graph.nodes = graph.nodes.flatMap((item) => (item === node ? branch.nodes : [item]));
    graph.initializers = [...graph.initializers, ...branch.initializers];
    graph.sparseInitializers = [...graph.sparseInitializers, ...branch.sparseInitializers];
    const declared = new Set([...graph.valueInfos, ...graph.outputs].map(({ name }) => name));
    graph.valueInfos = [...graph.valueInfos, ...branch.valueInfos.filter(({ name }) => !declared.has(name))];
  };
  visit(main, { index: undefined, known: new Map() });
  return count;
}

/**
 * Only what ONNX Runtime insists on counts: sizes of the model's inputs that are fixed. What is declared of tensors inside, those that a loop is
 * given among them, is a hint that may be wrong, and a weight that is an input too may be replaced.
 */
function lookInto(graph: GraphProto, outer: Scope): Scope {
  const isMain = outer.index === undefined;
  const given = new Set(graph.inputs.map(({ name }) => name));
  const certain = {
    ...graph,
    inputs: isMain ? graph.inputs : graph.inputs.map((input) => ({ ...input, type: undefined })),
    initializers: graph.initializers.filter(({ name }) => !given.has(name)),
    valueInfos: [],
  };
  return {
    index: indexGraph(graph, outer.index),
    known: inferShapes(certain, { batchSize: null, around: outer.known }),
  };
}

function takenBranch(node: NodeProto, scope: Scope): GraphProto | undefined {
  if (!isStandard(node) || node.opType !== 'If') return undefined;
  const isTrue = truthOf(node.inputs[0] ?? '', scope);
  if (isTrue === null) return undefined;
  const wanted = isTrue ? 'then_branch' : 'else_branch';
  const branch = node.attributes.find(({ name }) => name === wanted)?.graph;
  const isWhole = branch?.outputs.length === node.outputs.length && branch.inputs.length === 0;
  return isWhole && !branch.outputs.some(isNoTensor) ? branch : undefined;
}

/** Identity copies those from later opsets on only. */
const isNoTensor = ({ type }: ValueInfoProto): boolean =>
  Boolean(type?.sequence ?? type?.map ?? type?.optional ?? type?.sparseTensor);

/** Null: not known. */
function truthOf(condition: string, { index, known }: Scope): boolean | null {
  const constant = index?.constantOf(condition);
  if (constant) return rawBytesOf(constant).some((byte) => byte !== 0);
  const values = known.get(condition)?.values;
  const [value = Number.NaN] = values?.length === 1 ? values : [];
  return Number.isNaN(value) ? null : value !== 0;
}
