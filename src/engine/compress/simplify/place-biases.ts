/**
 * Keeps ONNX Runtime from joining quantized products with additions behind them. Where it knows the sizes of a matrix product, it makes one Gemm
 * of both before it looks for integers; a Gemm with a bias in float32 has no integer kernel, and would make float32 of its weight on every run.
 * Source: onnxruntime/core/optimizer/matmul_add_fusion.cc.
 */
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import { inferShapes, isStandard } from '../../onnx/infer-shapes.ts';
import type { NodeProto, TensorProto } from '../../onnx/ir.ts';
import { floatsOf, requireElementType } from '../../onnx/tensor-contents.ts';
import { isFiniteWeight } from '../../onnx/weight-magnitudes.ts';

type Placing = { isExcluded: (node: NodeProto) => boolean; takesGemm: boolean };

/**
 * A product of two dimensions becomes a Gemm itself, whose bias will be integers; an addition of a constant to one of more dimensions, all of fixed size,
 * a subtraction of the negative, which computes the same. Open sizes keep ONNX Runtime from joining, and leave its other fusions.
 * @param products matrix products [..., K] × [K, N] of float32 that are to compute in integers; others are left alone
 * @param options.takesGemm whether a Gemm is quantized too
 */
export function placeBiases(editor: GraphEditor, products: readonly NodeProto[], options: Placing): void {
  const [ofOne, ofTwo] = [1, 2].map((batchSize) => inferShapes(editor.graph, { batchSize }));
  for (const node of products) {
    const [output = ''] = node.outputs;
    const [next, ...others] = editor.consumersOf(output);
    if (node.opType !== 'MatMul' || !next || others.length > 0 || editor.isOutput(output)) continue;
    if (!isStandard(next) || next.opType !== 'Add') continue;
    const sizes = ofOne?.get(node.inputs[0] ?? '')?.dims ?? null;
    const isOpen = sizes?.includes(null) || sizes?.join() !== ofTwo?.get(node.inputs[0] ?? '')?.dims?.join();
    const isGemm = sizes?.length === 2 && options.takesGemm && !options.isExcluded({ ...node, opType: 'Gemm' });
    if (isGemm) makeGemm(node, next, editor, options);
    else if (sizes === null || sizes.length === 2 || !isOpen) subtractInstead(next, output, editor);
  }
}

function makeGemm(node: NodeProto, addition: NodeProto, editor: GraphEditor, { isExcluded }: Placing): void {
  const [output = ''] = node.outputs;
  const name = otherInput(addition, output);
  const outputCount = editor.constantOf(node.inputs[1] ?? '')?.dims[1] ?? 0;
  const bias = editor.constantOf(name);
  const isBias = bias && isRow(bias, outputCount) && isFiniteWeight(bias);
  // Without a bias either, nothing is joined with a Gemm.
  if (!isBias || isExcluded(addition)) return editor.update(node, { opType: 'Gemm' });
  const values = floatsOf(bias);
  const inputs = [...node.inputs, editor.addWeight(`${name}_row`, 'float32', [outputCount], values)];
  editor.remove(addition);
  editor.update(node, { opType: 'Gemm', inputs, outputs: addition.outputs });
}

function subtractInstead(addition: NodeProto, output: string, editor: GraphEditor): void {
  const name = otherInput(addition, output);
  const bias = editor.constantOf(name);
  if (!bias || requireElementType(bias) !== 'float32') return;
  const negative = editor.addWeight(
    `${name}_negative`,
    'float32',
    bias.dims,
    floatsOf(bias).map((value) => -value),
  );
  editor.update(addition, { opType: 'Sub', inputs: [output, negative] });
}

const otherInput = ({ inputs }: NodeProto, output: string): string => inputs.find((name) => name !== output) ?? '';

/** `[N]` or `[1, N]`. */
function isRow(tensor: TensorProto, count: number): boolean {
  const [size, rows = 1, ...others] = tensor.dims.toReversed();
  return requireElementType(tensor) === 'float32' && size === count && rows === 1 && others.length === 0;
}
