/** What does not depend on the inputs is computed once and kept as weights, by ONNX Runtime itself; nodes that do nothing go. */
import { createNamer } from '../../onnx/create-namer.ts';
import { editGraph } from '../../onnx/graph-editor.ts';
import { createAttribute, createNode, type GraphProto, type ModelProto, type TensorProto } from '../../onnx/ir.ts';
import { removeNoOps } from '../../onnx/remove-no-ops.ts';
import { contentByteLength } from '../../onnx/tensor-contents.ts';
import { walkGraphs, walkNodes } from '../../onnx/walk-model.ts';
import { evaluateTensors } from './evaluate-tensors.ts';
import { findConstantPart } from './find-constant-part.ts';
import { inlineBranches } from './inline-branches.ts';
import { type FoldedValue, shareValues } from './share-values.ts';

/** Shapes and other small tensors may grow. */
const SMALL_BYTES = 1024;

export type Folding = { tensorCount: number; branchCount: number; nodeCountBefore: number; nodeCountAfter: number };

/**
 * Changes the model in place. A tensor that would take more room than the weights that go with it stays as it is, and so do
 * weights behind DequantizeLinear. An If whose condition is known by then becomes the nodes of its branch.
 * Errors: those of loading and running the constant part.
 */
export async function foldConstants(model: ModelProto): Promise<Folding> {
  const graph = model.graph as GraphProto;
  const nodeCountBefore = [...walkNodes(model)].length;
  const uniqueName = createNamer(model);
  let tensorCount = 0;
  let branchCount = 0;
  for (let isDone = false; !isDone;) {
    tensorCount += await foldTensors(model, uniqueName);
    const inlinedCount = inlineBranches(model, uniqueName);
    branchCount += inlinedCount;
    for (const part of walkGraphs(model)) removeNoOps(editGraph(part, uniqueName));
    editGraph(graph, uniqueName).removeUnused();
    // What a branch makes may be constant where its If made it none.
    isDone = inlinedCount === 0;
  }
  return { tensorCount, branchCount, nodeCountBefore, nodeCountAfter: [...walkNodes(model)].length };
}

async function foldTensors(model: ModelProto, uniqueName: (wish: string) => string): Promise<number> {
  const graph = model.graph as GraphProto;
  const part = findConstantPart(graph);
  let tensorCount = 0;
  const large: FoldedValue[] = [];
  if (part.tensors.length > 0) {
    for await (const { tensor, value } of evaluateTensors(model, part)) {
      const bytes = contentByteLength(value);
      if (bytes > Math.max(SMALL_BYTES, tensor.sourceBytes)) continue;
      replaceByValue(tensor.graph, value);
      const isInside = tensor.graph !== graph && tensor.graph.initializers.includes(value);
      if (isInside && bytes > SMALL_BYTES) large.push({ graph: tensor.graph, value });
      tensorCount += 1;
    }
  }
  shareValues(large, editGraph(graph, uniqueName));
  return tensorCount;
}

/** A weight of the same name; an output of a graph has to be made by a node. */
function replaceByValue(graph: GraphProto, value: TensorProto): void {
  const { name } = value;
  const isOutput = graph.outputs.some((output) => output.name === name);
  graph.nodes = graph.nodes.flatMap((node) => {
    if (!node.outputs.includes(name)) return [node];
    const rest = { ...node, outputs: node.outputs.map((output) => (output === name ? '' : output)) };
    const left = rest.outputs.some((output) => output !== '') ? [rest] : [];
    const constant = createNode({
      opType: 'Constant',
      name: node.name,
      outputs: [name],
      attributes: [createAttribute('value', value)],
    });
    return isOutput ? [...left, constant] : left;
  });
  if (!isOutput) graph.initializers.push(value);
}
