/** Finds what computes with constant weights in a graph, and lets it compute in integers. */
import { floatAttribute, intAttribute } from '../../onnx/attributes.ts';
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import type { GraphIndex } from '../../onnx/graph-index.ts';
import { isStandard } from '../../onnx/infer-shapes.ts';
import type { NodeProto } from '../../onnx/ir.ts';
import { elementCount } from '../../onnx/element-count.ts';
import { requireElementType } from '../../onnx/tensor-contents.ts';
import { reasonAgainstIntegers } from '../../onnx/weight-magnitudes.ts';
import { MICROSOFT } from '../import-domain.ts';
import { nodeLabel } from '../node-label.ts';
import type { IntegerType } from '../quantize-weight.ts';
import type { Skipped } from '../skipped.ts';
import { createWeightStore, type StoreWeight } from './create-weight-store.ts';
import { replaceAttention } from './replace-attention.ts';
import { replaceLstm } from './replace-lstm.ts';
import { createReplacer, type Product } from './replace-product.ts';

type Options = {
  operators: readonly string[];
  weightType: IntegerType;
  perChannel: boolean;
  minimumElements: number;
  isExcluded: (node: NodeProto) => boolean;
  isReduced: boolean;
};

export type QuantizedNodes = {
  products: string[];
  convolutions: string[];
  lstms: string[];
  attentions: string[];
  skipped: Skipped[];
};

/** Why operators that people would expect to be quantized never are. */
const NO_KERNEL = 'ONNX Runtime has no kernel of it with integer weights';

/**
 * @param editor of the graph, which is right afterwards too
 * @param store where integer weights go, the same for all graphs of a model
 */
export function quantizeGraph(
  editor: GraphEditor,
  options: Options,
  store: StoreWeight = createWeightStore(editor, options),
): QuantizedNodes {
  const { replaceProduct, quantizeBefore } = createReplacer(editor, store);
  const done: QuantizedNodes = { products: [], convolutions: [], lstms: [], attentions: [], skipped: [] };
  for (const node of editor.graph.nodes) {
    if (!isWanted(node, options)) continue;
    const name = nodeLabel(node);
    const finish = (reason: string | null, list: string[]): void => {
      if (reason === null) list.push(name);
      else done.skipped.push({ name, reason });
    };
    if (options.isExcluded(node)) finish('it is excluded', []);
    else if (node.opType === 'GRU' || node.opType === 'RNN') finish(NO_KERNEL, []);
    else if (node.opType === 'LSTM') finish(replaceLstm(editor, node, options), done.lstms);
    else if (node.opType === 'Attention') {
      const quantizeInput = (input: string) => quantizeBefore(node, input);
      finish(replaceAttention(editor, node, options, quantizeInput), done.attentions);
    } else {
      const product = readProduct(node, editor, options);
      if ('reason' in product) finish(product.reason, []);
      else {
        replaceProduct(node, product);
        finish(null, product.kind === 'Conv' ? done.convolutions : done.products);
      }
    }
  }
  const { products, convolutions, lstms, attentions } = done;
  const isChanged = products.length + convolutions.length + lstms.length + attentions.length > 0;
  if (isChanged) editor.removeUnused();
  return done;
}

function isWanted(node: NodeProto, { operators }: Options): boolean {
  if (node.opType === 'Attention') return node.domain === MICROSOFT && operators.includes('Attention');
  if (!isStandard(node)) return false;
  const isRecurrent = node.opType === 'GRU' || node.opType === 'RNN';
  return operators.includes(isRecurrent ? 'LSTM' : node.opType);
}

/** What is computed, or why it stays as it is. */
function readProduct(node: NodeProto, index: GraphIndex, options: Options): Product | { reason: string } {
  const kind = node.opType as Product['kind'];
  const weight = index.constantOf(node.inputs[1] ?? '');
  if (!weight) return { reason: 'the weight is not constant' };
  if (requireElementType(weight) !== 'float32') return { reason: 'the weight is not float32' };
  if (kind !== 'Conv' && weight.dims.length !== 2) return { reason: 'the weight is not a matrix' };
  if (elementCount(weight) < Math.max(1, options.minimumElements))
    return { reason: 'the weight is too small to save anything' };
  const reason = reasonAgainstIntegers(weight);
  if (reason !== null) return { reason: `the weight ${reason}` };
  if (kind === 'Gemm') {
    const isPlain = floatAttribute(node, 'alpha', 1) === 1 && floatAttribute(node, 'beta', 1) === 1;
    if (!isPlain || intAttribute(node, 'transA', 0) === 1) return { reason: 'the input is scaled or transposed' };
  }
  const isTransposed = kind === 'Gemm' && intAttribute(node, 'transB', 0) === 1;
  return { kind, weight, isTransposed, bias: node.inputs[2] ?? '' };
}
