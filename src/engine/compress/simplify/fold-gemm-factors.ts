/** What a Gemm multiplies its product and its bias by becomes a part of its constants: integer kernels know no such factors. */
import { floatAttribute } from '../../onnx/attributes.ts';
import { createNamer } from '../../onnx/create-namer.ts';
import { mapTensor } from '../../onnx/deferred-tensors.ts';
import { editGraph, type GraphEditor } from '../../onnx/graph-editor.ts';
import { isStandard } from '../../onnx/infer-shapes.ts';
import type { GraphProto, ModelProto, NodeProto, TensorProto } from '../../onnx/ir.ts';
import { removeUnused } from '../../onnx/remove-unused.ts';
import { requireElementType } from '../../onnx/tensor-contents.ts';
import { walkScopes } from '../../onnx/walk-scopes.ts';
import { boundProduct, isFiniteWeight } from '../../onnx/weight-magnitudes.ts';

/**
 * Of all graphs: alpha · A · B + beta · C becomes A · (alpha · B) + (beta · C), each constant rounded once. A Gemm whose factors belong to what is not
 * constant float32, or would make values that are not finite, stays as it is, and so does a constant that others read.
 */
export function foldGemmFactors(model: ModelProto, isExcluded: (node: NodeProto) => boolean = () => false): void {
  const uniqueName = createNamer(model);
  let isChanged = false;
  walkScopes(model.graph as GraphProto, (graph, outer) => {
    const editor = editGraph(graph, uniqueName, outer);
    const scale = createScaler(editor);
    for (const node of graph.nodes) {
      const [alpha, beta] = [floatAttribute(node, 'alpha', 1), floatAttribute(node, 'beta', 1)];
      if (!isStandard(node) || node.opType !== 'Gemm' || (alpha === 1 && beta === 1) || isExcluded(node)) continue;
      const [input = '', weight = '', bias = ''] = node.inputs;
      const scaledWeight = scale(weight, alpha);
      const scaledBias = bias === '' ? '' : scale(bias, beta);
      if (scaledWeight === null || scaledBias === null) continue;
      const inputs = [input, scaledWeight(), ...(scaledBias === '' ? [] : [scaledBias()])];
      editor.update(node, { inputs, attributes: node.attributes.filter(({ name }) => !FACTORS.has(name)) });
      isChanged = true;
    }
    return editor;
  });
  // Also weights that only subgraphs read.
  if (isChanged) removeUnused(model.graph as GraphProto);
}

const FACTORS = new Set(['alpha', 'beta']);

/** A function that says how to add a constant times a factor, once however many ask for it; null where that cannot be. */
function createScaler(editor: GraphEditor): (name: string, factor: number) => (() => string) | null {
  const known = new Map<string, string>();
  return (name, factor) => {
    if (factor === 1) return () => name;
    const key = JSON.stringify([name, factor]);
    const own = known.get(key);
    if (own !== undefined) return () => own;
    const tensor = editor.constantOf(name);
    if (!tensor || requireElementType(tensor) !== 'float32' || !isFiniteWeight(tensor)) return null;
    const scaled = scaleTensor(editor.uniqueName(`${name}_scaled`), tensor, factor);
    if (!isFiniteWeight(scaled)) return null;
    return () => {
      known.set(key, scaled.name);
      return editor.addTensor(scaled);
    };
  };
}

function scaleTensor(name: string, tensor: TensorProto, factor: number): TensorProto {
  const scaled = mapTensor(name, tensor, (values) => {
    for (let index = 0; index < values.length; index += 1) values[index] = (values[index] as number) * factor;
  });
  boundProduct(scaled, tensor, Math.abs(factor));
  return scaled;
}
