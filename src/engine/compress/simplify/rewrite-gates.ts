/**
 * Writes hard sigmoids, hard swishes and gates (squeeze and excitation) as additions, clips and products, for which ONNX Runtime's CPU
 * provider has integer kernels: it has none for HardSigmoid and HardSwish, and a Clip costs nothing there, because the range of integers
 * does the same. The model computes the same within the rounding of float32.
 */
import { floatAttribute } from '../../onnx/attributes.ts';
import { createNamer } from '../../onnx/create-namer.ts';
import { editGraph, type GraphEditor } from '../../onnx/graph-editor.ts';
import { inferDtypes } from '../../onnx/infer-dtypes.ts';
import { isStandard } from '../../onnx/infer-shapes.ts';
import { createNode, type GraphProto, type ModelProto, type NodeProto } from '../../onnx/ir.ts';
import { opsetOf } from '../../onnx/raise-opset/raise-opset.ts';
import { affineOf } from './affine-of.ts';
import { foldIntoConvolutions } from './fold-into-convolutions.ts';
import { foldIntoReaders, takesFactor } from './fold-into-readers.ts';

/** From this opset on the ends of a Clip are inputs. */
const CLIP_INPUTS_OPSET = 11;
const DEFAULT_ALPHA = 0.2;
const DEFAULT_BETA = 0.5;

/**
 * Of the main graph, and of float32. Nothing is changed where the opset is older than 11.
 * @param isExcluded nodes that stay as they are
 * @param uniqueName for a graph that is a part of a model; left out: names that this model has not
 */
export function rewriteGates(
  model: ModelProto,
  isExcluded: (node: NodeProto) => boolean = () => false,
  uniqueName: (wish: string) => string = createNamer(model),
): void {
  if (opsetOf(model.opsetImports) < CLIP_INPUTS_OPSET) return;
  const editor = editGraph(model.graph as GraphProto, uniqueName);
  const dtypes = inferDtypes(editor.graph);
  const isFloat = ({ outputs }: NodeProto): boolean => dtypes.get(outputs[0] ?? '') === 'float32';
  // Found now: a name or type that is excluded does not mean the nodes that are added here.
  const stays = new Set(editor.graph.nodes.filter(isExcluded));
  const free = (): NodeProto[] => editor.graph.nodes.filter((node) => !stays.has(node));
  for (const node of free()) {
    if (!isStandard(node) || !isFloat(node)) continue;
    if (node.opType === 'HardSwish') takeSwishApart(node, editor);
    if (node.opType === 'HardSigmoid') takeSigmoidApart(node, editor);
  }
  // What is multiplied by a constant before a product is multiplied by it after it, where the next convolution takes the factor in.
  for (const node of free()) multiplyInstead(node, editor);
  for (const node of free()) moveFactorBehindProduct(node, editor, stays);
  foldIntoConvolutions(editor, stays);
  for (const node of free()) if (isFloat(node)) joinGate(node, editor, stays);
  foldIntoConvolutions(editor, stays);
  foldIntoReaders(editor, stays);
  editor.removeUnused();
}

/** x · max(0, min(1, x / 6 + 1 / 2)). */
function takeSwishApart(node: NodeProto, editor: GraphEditor): void {
  const [input = ''] = node.inputs;
  const gate = editor.uniqueName(`${node.outputs[0]}_gate`);
  const sigmoid = createNode({ opType: 'Identity', inputs: [input], outputs: [gate] });
  editor.insertBefore(node, sigmoid);
  editor.update(node, { opType: 'Mul', inputs: [input, gate], attributes: [] });
  writeSigmoid(sigmoid, { alpha: 1 / 6, beta: 1 / 2 }, editor);
}

function takeSigmoidApart(node: NodeProto, editor: GraphEditor): void {
  const alpha = floatAttribute(node, 'alpha', DEFAULT_ALPHA);
  const beta = floatAttribute(node, 'beta', DEFAULT_BETA);
  if (alpha > 0) writeSigmoid(node, { alpha, beta }, editor);
}

/**
 * max(0, min(1, alpha · x + beta)) in the place of the node. A convolution before it that nobody else reads takes factor and shift in;
 * else it is alpha · max(0, min(1 / alpha, x + beta / alpha)).
 */
function writeSigmoid(node: NodeProto, { alpha, beta }: { alpha: number; beta: number }, editor: GraphEditor): void {
  const [input = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const constant = (wish: string, value: number): string =>
    editor.addWeight(`${output}_${wish}`, 'float32', [], Float32Array.of(value));
  const between = (wish: string): string => editor.uniqueName(`${output}_${wish}`);
  const producer = editor.producerOf(input);
  const isOwn = producer?.opType === 'Conv' && editor.consumersOf(input).length === 1 && !editor.isOutput(input);
  const [scaled, shifted, clipped] = [between('scaled'), between('shifted'), between('clipped')];
  if (isOwn) {
    editor.insertBefore(
      node,
      createNode({ opType: 'Mul', name: scaled, inputs: [input, constant('alpha', alpha)], outputs: [scaled] }),
      createNode({ opType: 'Add', name: shifted, inputs: [scaled, constant('beta', beta)], outputs: [shifted] }),
    );
    const inputs = [shifted, constant('minimum', 0), constant('maximum', 1)];
    editor.update(node, { opType: 'Clip', inputs, attributes: [] });
    return;
  }
  const ends = [constant('minimum', 0), constant('maximum', 1 / alpha)];
  editor.insertBefore(
    node,
    createNode({ opType: 'Add', name: shifted, inputs: [input, constant('beta', beta / alpha)], outputs: [shifted] }),
    createNode({ opType: 'Clip', name: clipped, inputs: [shifted, ...ends], outputs: [clipped] }),
  );
  editor.update(node, { opType: 'Mul', inputs: [clipped, constant('alpha', alpha)], attributes: [] });
}

/** A division by one constant: there is an integer kernel for products only. */
function multiplyInstead(node: NodeProto, editor: GraphEditor): void {
  const [input = '', divisor = ''] = node.inputs;
  const affine = node.opType === 'Div' ? affineOf(node, input, { index: editor, channels: null }) : null;
  if (!affine) return;
  const factor = editor.addWeight(`${divisor}_inverse`, 'float32', [], Float32Array.from(affine.scale));
  editor.update(node, { opType: 'Mul', inputs: [input, factor] });
}

function moveFactorBehindProduct(node: NodeProto, editor: GraphEditor, stays: ReadonlySet<NodeProto>): void {
  if (!isStandard(node) || node.opType !== 'Mul') return;
  const [output = ''] = node.outputs;
  const input = node.inputs.find((name) => affineOf(node, name, { index: editor, channels: null }));
  const [product, ...others] = editor.consumersOf(output);
  if (input === undefined || editor.isOutput(output) || others.length > 0) return;
  if (!product || !isProductOfActivations(product, editor) || product.inputs[0] === product.inputs[1]) return;
  const result = product.outputs[0] ?? '';
  if (stays.has(product) || editor.isOutput(result) || !takesFactor(result, editor, stays)) return;
  const moved = editor.uniqueName(`${result}_unscaled`);
  editor.update(product, { inputs: product.inputs.map((name) => (name === output ? input : name)), outputs: [moved] });
  editor.remove(node);
  editor.insertAfter(product, node);
  editor.update(node, { inputs: node.inputs.map((name) => (name === input ? moved : name)), outputs: [result] });
}

function isProductOfActivations({ opType, domain, inputs }: NodeProto, editor: GraphEditor): boolean {
  return opType === 'Mul' && domain === '' && inputs.every((name) => editor.constantOf(name) === undefined);
}

/** x + x · gate becomes x · (1 + gate) where the gate has one value for each channel: one sum less of all values. */
function joinGate(node: NodeProto, editor: GraphEditor, stays: ReadonlySet<NodeProto>): void {
  if (!isStandard(node) || node.opType !== 'Add') return;
  const product = node.inputs.map((name) => editor.producerOf(name)).find((item) => item && readsOther(item, node));
  const [made = ''] = product?.outputs ?? [];
  if (!product || stays.has(product) || !isProductOfActivations(product, editor) || editor.isOutput(made)) return;
  if (editor.consumersOf(made).length > 1) return;
  const value = node.inputs.find((name) => name !== made) ?? '';
  const gate = product.inputs.find((name) => name !== value) ?? '';
  if (!isPooled(gate, editor)) return;
  const one = editor.addWeight(`${gate}_one`, 'float32', [], Float32Array.of(1));
  const sum = editor.uniqueName(`${gate}_plus_one`);
  editor.insertBefore(product, createNode({ opType: 'Add', name: sum, inputs: [gate, one], outputs: [sum] }));
  const output = node.outputs[0] ?? '';
  editor.remove(node);
  const inputs = product.inputs.map((name) => (name === gate ? sum : name));
  editor.update(product, { inputs, outputs: [output] });
}

/** Whether it comes from a GlobalAveragePool through operators that keep its shape, and convolutions, which keep it small. */
function isPooled(name: string, editor: GraphEditor): boolean {
  for (let node = editor.producerOf(name); node; node = editor.producerOf(node.inputs[0] ?? '')) {
    if (node.opType === 'GlobalAveragePool') return true;
    if (!['Conv', 'Clip', 'Relu', 'Sigmoid', 'HardSigmoid', 'Mul', 'Add'].includes(node.opType)) return false;
  }
  return false;
}

/** Whether the node multiplies what the addition reads beside it. */
function readsOther({ outputs, inputs }: NodeProto, addition: NodeProto): boolean {
  const other = addition.inputs.find((name) => name !== outputs[0]);
  return other !== undefined && inputs.includes(other) && addition.inputs.includes(outputs[0] ?? '');
}
