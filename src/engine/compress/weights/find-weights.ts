/**
 * Constant weights that can be kept in blocks: those of matrix products and tables that rows are gathered from, in the graph of a
 * model and in those inside its nodes, also where a subgraph takes the weight from around it, or a Transpose stands before it.
 */
import { floatAttribute, intAttribute, intsAttribute } from '../../onnx/attributes.ts';
import { createNamer } from '../../onnx/create-namer.ts';
import { editGraph, type GraphEditor } from '../../onnx/graph-editor.ts';
import { isStandard } from '../../onnx/infer-shapes.ts';
import type { GraphProto, ModelProto, NodeProto, TensorProto } from '../../onnx/ir.ts';
import { elementCount } from '../../onnx/element-count.ts';
import { requireElementType } from '../../onnx/tensor-contents.ts';
import { subgraphsOf } from '../../onnx/walk-model.ts';
import { reasonAgainstIntegers } from '../../onnx/weight-magnitudes.ts';
import { nodeLabel } from '../node-label.ts';
import type { Skipped } from '../skipped.ts';

export type WeightUse = {
  kind: 'product' | 'table';
  /** Of the graph that holds the node. */
  editor: GraphEditor;
  node: NodeProto;
  name: string;
  weight: TensorProto;
  /** Blocks lie along the inputs of a product, and along the rows of a table. */
  inputs: number;
  outputs: number;
  /** Stored as `[outputs, inputs]`; tables are. */
  isTransposed: boolean;
  /** Of a Gemm: what the product is multiplied by. */
  alpha: number;
  /** In the main graph, whose tensors can be looked at while it runs. */
  isInMainGraph: boolean;
};

export type FoundWeights = { root: GraphEditor; uses: WeightUse[]; skipped: Skipped[] };

type Options = { operators: readonly string[]; isExcluded: (node: NodeProto) => boolean; minimumElements: number };
type Constant = { tensor: TensorProto; isTransposed: boolean };

export function findWeights(model: ModelProto, options: Options): FoundWeights {
  const uniqueName = createNamer(model);
  const uses: WeightUse[] = [];
  const skipped: Skipped[] = [];
  const root = visit(model.graph as GraphProto, () => undefined, true);
  const { kept, left } = withoutSharedWithOthers(uses);
  return { root, uses: kept, skipped: [...skipped, ...left] };

  function visit(
    graph: GraphProto,
    constantAround: (name: string) => Constant | undefined,
    isInMainGraph: boolean,
  ): GraphEditor {
    const editor = editGraph(graph, uniqueName);
    const constantOf = (name: string): Constant | undefined =>
      constantIn(editor, name) ?? (editor.producerOf(name) ? undefined : constantAround(name));
    for (const node of graph.nodes) {
      for (const inner of subgraphsOf(node)) visit(inner, constantOf, false);
      if (!isStandard(node) || !options.operators.includes(node.opType)) continue;
      const name = nodeLabel(node);
      const read = readUse(node, constantOf, options);
      if ('reason' in read) skipped.push({ name, reason: read.reason });
      else if (read.weight) uses.push({ ...read, weight: read.weight, editor, node, name, isInMainGraph });
    }
    return editor;
  }
}

/** A constant of the graph itself, also behind a Transpose that turns a matrix. */
function constantIn(editor: GraphEditor, name: string): Constant | undefined {
  const tensor = editor.constantOf(name);
  if (tensor) return { tensor, isTransposed: false };
  const producer = editor.producerOf(name);
  if (producer?.opType !== 'Transpose' || !isStandard(producer)) return undefined;
  const turned = editor.constantOf(producer.inputs[0] ?? '');
  const perm = intsAttribute(producer, 'perm') ?? [];
  if (turned?.dims.length !== 2 || (perm.length > 0 && perm[0] !== 1)) return undefined;
  return { tensor: turned, isTransposed: true };
}

type Read = Pick<WeightUse, 'kind' | 'inputs' | 'outputs' | 'isTransposed' | 'alpha'> & { weight: TensorProto | null };

/** A null weight: not one of those that people would expect to be quantized, such as a Gather on a shape. */
function readUse(
  node: NodeProto,
  constantOf: (name: string) => Constant | undefined,
  { isExcluded, minimumElements }: Options,
): Read | { reason: string } {
  const none: Read = { kind: 'table', inputs: 0, outputs: 0, isTransposed: true, alpha: 1, weight: null };
  const isTable = node.opType === 'Gather';
  const constant = constantOf(node.inputs[isTable ? 0 : 1] ?? '');
  if (isTable && (!constant || requireElementType(constant.tensor) !== 'float32')) return none;
  if (isTable && (constant?.tensor.dims.length ?? 0) < 2) return none;
  if (isExcluded(node)) return { reason: 'it is excluded' };
  if (!constant) {
    const isOnTheLeft = constantOf(node.inputs[0] ?? '') !== undefined;
    return {
      reason: isOnTheLeft ? 'its constant is on the left, where MatMulNBits takes none' : 'its weight is not constant',
    };
  }
  const { tensor } = constant;
  if (requireElementType(tensor) !== 'float32') return { reason: 'its weight is not float32' };
  if (tensor.dims.length !== 2) return { reason: isTable ? 'its table is not a matrix' : 'its weight is not a matrix' };
  if (constantOf(node.inputs[0] ?? '') && !isTable) return { reason: 'its input is constant' };
  if (elementCount(tensor) < Math.max(1, minimumElements))
    return { reason: 'its weight is too small to save anything' };
  const reason = reasonAgainstIntegers(tensor);
  if (reason !== null) return { reason: `its weight ${reason}` };
  if (isTable) {
    if (constant.isTransposed) return { reason: 'its table is turned by a Transpose' };
    const rank = tensor.dims.length;
    if ((intAttribute(node, 'axis', 0) + rank) % rank !== 0) return { reason: 'it does not gather rows' };
    const [rows = 0, width = 0] = tensor.dims;
    return { kind: 'table', inputs: width, outputs: rows, isTransposed: true, alpha: 1, weight: tensor };
  }
  const isGemm = node.opType === 'Gemm';
  if (isGemm && intAttribute(node, 'transA', 0) === 1) return { reason: 'its input is transposed' };
  if (isGemm && node.inputs[2] && floatAttribute(node, 'beta', 1) !== 1) return { reason: 'its bias is scaled' };
  const isTransposed = constant.isTransposed !== (isGemm && intAttribute(node, 'transB', 0) === 1);
  const [rows = 0, columns = 0] = tensor.dims;
  const [inputs, outputs] = isTransposed ? [columns, rows] : [rows, columns];
  return {
    kind: 'product',
    inputs,
    outputs,
    isTransposed,
    alpha: isGemm ? floatAttribute(node, 'alpha', 1) : 1,
    weight: tensor,
  };
}

/** A weight that something else reads in float32 would be stored twice. */
function withoutSharedWithOthers(uses: readonly WeightUse[]): { kept: WeightUse[]; left: Skipped[] } {
  const nodes = new Set(uses.map(({ node }) => node));
  const kept: WeightUse[] = [];
  const left: Skipped[] = [];
  for (const use of uses) {
    const { editor, weight, name } = use;
    const isLeftOver = (tensor: string): boolean =>
      editor.isOutput(tensor) ||
      editor
        .consumersOf(tensor)
        .some((reader) =>
          reader.opType === 'Transpose' || reader.opType === 'Identity'
            ? isLeftOver(reader.outputs[0] ?? '')
            : !nodes.has(reader) && subgraphsOf(reader).length === 0,
        );
    if (isLeftOver(weight.name)) left.push({ name, reason: 'something else needs its weight in float32' });
    else kept.push(use);
  }
  return { kept, left };
}
