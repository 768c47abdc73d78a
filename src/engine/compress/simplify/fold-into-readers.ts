/**
 * One factor and one shift for all values of a tensor that only convolutions read: the factor goes into their weights, and of all
 * factors and shifts before them one addition is left, or none where the shift fits into the biases. It does where nothing is padded: zeros
 * of the padding are not shifted.
 */
import { intsAttribute, textAttribute } from '../../onnx/attributes.ts';
import { mapTensor } from '../../onnx/deferred-tensors.ts';
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import { isStandard } from '../../onnx/infer-shapes.ts';
import { createNode, type NodeProto, type TensorProto } from '../../onnx/ir.ts';
import { floatsOf, requireElementType, withFloats } from '../../onnx/tensor-contents.ts';
import { boundProduct, isFiniteWeight } from '../../onnx/weight-magnitudes.ts';
import { type Affine, affineOf, chainAffines } from './affine-of.ts';

/**
 * @param stays nodes that are not folded
 * @returns the nodes that are gone
 */
export function foldIntoReaders(editor: GraphEditor, stays: ReadonlySet<NodeProto> = new Set()): NodeProto[] {
  const gone: NodeProto[] = [];
  for (const first of editor.graph.nodes) {
    if (gone.includes(first) || stays.has(first)) continue;
    const chain = readChain(first, editor, stays);
    if (!chain) continue;
    const { input, output, affine, nodes } = chain;
    const readers = readConvolutions(output, editor);
    if (readers === null) continue;
    const [scale, shift] = [affine.scale[0] as number, affine.shift[0] as number];
    const hasRoom = shift === 0 || readers.every(({ isPadded }) => !isPadded);
    // One addition in the place of one addition would be no gain.
    if (scale === 0 || (!hasRoom && nodes.length === 1)) continue;
    const changes = readers.map((reader) => foldValues(editor, reader, { scale, shift: hasRoom ? shift : 0 }));
    if (!changes.every(({ weight, bias }) => isFiniteWeight(weight) && (bias?.every(Number.isFinite) ?? true)))
      continue;
    for (const change of changes) rewrite(editor, change);
    for (const node of nodes) editor.remove(node);
    if (hasRoom) editor.redirect(output, input);
    else {
      const constant = editor.addWeight(`${output}_shift`, 'float32', [], Float32Array.of(shift / scale));
      const name = nodes.at(-1)?.name ?? '';
      const addition = createNode({ opType: 'Add', name, inputs: [input, constant], outputs: [output] });
      editor.insertAfterTensor(input, addition);
    }
    gone.push(...nodes);
  }
  return gone;
}

/** Whether a factor of the tensor would go into the weights of convolutions: they read it, or what is left of other factors and shifts does. */
export function takesFactor(name: string, editor: GraphEditor, stays: ReadonlySet<NodeProto>): boolean {
  const [next, ...others] = editor.consumersOf(name);
  const chain = next && others.length === 0 && !stays.has(next) ? readChain(next, editor, stays) : null;
  const isChain = chain?.input === name && !editor.isOutput(name);
  return readConvolutions(isChain ? chain.output : name, editor) !== null;
}

type Chain = { input: string; output: string; affine: Affine; nodes: NodeProto[] };

/** The node and those behind it, as long as each only takes what the one before gives. */
function readChain(first: NodeProto, editor: GraphEditor, stays: ReadonlySet<NodeProto>): Chain | null {
  const start = first.inputs.find((name) => affineOf(first, name, { index: editor, channels: null }));
  if (start === undefined || editor.constantOf(start)) return null;
  let affine = affineOf(first, start, { index: editor, channels: null }) as Affine;
  const nodes = [first];
  let output = first.outputs[0] ?? '';
  for (;;) {
    const [next, ...others] = editor.consumersOf(output);
    const own = next && others.length === 0 ? affineOf(next, output, { index: editor, channels: null }) : null;
    if (!next || !own || stays.has(next) || editor.isOutput(output)) return { input: start, output, affine, nodes };
    affine = chainAffines(affine, own);
    nodes.push(next);
    output = next.outputs[0] ?? '';
  }
}

type Reader = { node: NodeProto; weight: TensorProto; bias: TensorProto | null; isPadded: boolean };

/** Null where anything else reads the tensor. */
function readConvolutions(name: string, editor: GraphEditor): Reader[] | null {
  const nodes = editor.consumersOf(name);
  if (nodes.length === 0 || editor.isOutput(name)) return null;
  const readers: Reader[] = [];
  for (const node of nodes) {
    const [, weightName = '', biasName = ''] = node.inputs;
    const weight = editor.constantOf(weightName);
    const bias = biasName === '' ? null : editor.constantOf(biasName);
    if (!isStandard(node) || node.opType !== 'Conv' || node.inputs[0] !== name || !weight || bias === undefined) {
      return null;
    }
    if ([weight, bias].some((tensor) => tensor && requireElementType(tensor) !== 'float32')) return null;
    const hasPads = intsAttribute(node, 'pads')?.some((size) => size !== 0) ?? false;
    const isPadded = hasPads || !['NOTSET', 'VALID'].includes(textAttribute(node, 'auto_pad', 'NOTSET'));
    readers.push({ node, weight, bias, isPadded });
  }
  return readers;
}

type Change = { reader: Reader; weight: TensorProto; bias: Float32Array | null };

function foldValues(editor: GraphEditor, reader: Reader, { scale, shift }: { scale: number; shift: number }): Change {
  const name = editor.uniqueName(`${reader.node.inputs[1] ?? ''}_folded`);
  const weight = mapTensor(name, reader.weight, (values) => {
    for (let index = 0; index < values.length; index += 1) values[index] = (values[index] as number) * scale;
  });
  boundProduct(weight, reader.weight, Math.abs(scale));
  return { reader, weight, bias: shift === 0 ? null : foldBias(reader, shift) };
}

function foldBias({ weight, bias }: Reader, shift: number): Float32Array {
  const outputCount = weight.dims[0] as number;
  const own = bias && floatsOf(bias);
  return withFloats(weight, (values) => {
    const size = values.length / outputCount;
    const shifted = (channel: number): number => {
      let sum = 0;
      for (let index = channel * size; index < (channel + 1) * size; index += 1) sum += values[index] as number;
      return (own?.[channel] ?? 0) + shift * sum;
    };
    return Float32Array.from({ length: outputCount }, (_, channel) => shifted(channel));
  });
}

function rewrite(editor: GraphEditor, { reader: { node }, weight, bias }: Change): void {
  const [input = '', weightName = '', ...others] = node.inputs;
  const scaled = editor.addTensor(weight);
  const shifted = bias && editor.addWeight(`${weightName}_folded_bias`, 'float32', [bias.length], bias);
  editor.update(node, { inputs: [input, scaled, ...(shifted === null ? others : [shifted])] });
}
