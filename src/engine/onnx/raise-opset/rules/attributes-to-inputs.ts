/** Attributes that became inputs, so that they may be computed. */
import { findAttribute, floatAttribute, intAttribute, intsAttribute, textAttribute } from '../../attributes.ts';
import type { ElementType } from '../../element-types.ts';
import { encodeFloat16 } from '../../half.ts';
import { createAttribute, type NodeProto } from '../../ir.ts';
import type { RaiseContext, RaiseRule } from '../raise-rule.ts';

const without = (node: NodeProto, ...names: string[]): NodeProto['attributes'] =>
  node.attributes.filter(({ name }) => !names.includes(name));

/** An input of that name for a node: what it is made of, or the name of its first output. */
function addIntegers({ addWeight }: RaiseContext, node: NodeProto, part: string, values: readonly number[]): string {
  return addWeight(
    `${node.name || node.outputs[0]}_${part}`,
    'int64',
    [values.length],
    BigInt64Array.from(values, BigInt),
  );
}

/** A scalar of the element type of the tensor it is used with. */
function addScalar({ addWeight }: RaiseContext, wish: string, type: ElementType, value: number): string | null {
  switch (type) {
    case 'float32':
      return addWeight(wish, type, [], Float32Array.of(value));
    case 'float64':
      return addWeight(wish, type, [], Float64Array.of(value));
    case 'float16':
      return addWeight(wish, type, [], encodeFloat16(Float32Array.of(value)));
    default:
      return null;
  }
}

/** `axes` of Squeeze, Unsqueeze and the reductions. An empty list means the same as none. */
export const axesToInput: RaiseRule = (node, context) => {
  const { editor } = context;
  const axes = intsAttribute(node, 'axes');
  if (!axes) return;
  editor.update(node, {
    attributes: without(node, 'axes'),
    inputs: axes.length === 0 ? node.inputs : [node.inputs[0] ?? '', addIntegers(context, node, 'axes', axes)],
  });
};

export const splitToInput: RaiseRule = (node, context) => {
  const { editor } = context;
  const sizes = intsAttribute(node, 'split');
  if (!sizes) return;
  editor.update(node, {
    attributes: without(node, 'split'),
    inputs: [node.inputs[0] ?? '', addIntegers(context, node, 'split', sizes)],
  });
};

/** Parts of the same size have to be asked for by their number. */
export const splitCount: RaiseRule = (node, context) => {
  const { editor } = context;
  if ((node.inputs[1] ?? '') !== '') return;
  const count = createAttribute('num_outputs', BigInt(node.outputs.length));
  editor.update(node, { attributes: [...node.attributes, count] });
};

export const sliceToInputs: RaiseRule = (node, context) => {
  const { editor } = context;
  const [starts = [], ends = [], axes] = ['starts', 'ends', 'axes'].map((name) => intsAttribute(node, name));
  const inputs = [
    node.inputs[0] ?? '',
    addIntegers(context, node, 'starts', starts),
    addIntegers(context, node, 'ends', ends),
  ];
  if (axes) inputs.push(addIntegers(context, node, 'axes', axes));
  editor.update(node, { attributes: without(node, 'starts', 'ends', 'axes'), inputs });
};

export const topKToInput: RaiseRule = (node, context) => {
  const { editor } = context;
  const count = addIntegers(context, node, 'k', [intAttribute(node, 'k', 0)]);
  editor.update(node, { attributes: without(node, 'k'), inputs: [node.inputs[0] ?? '', count] });
};

export const upsampleToInput: RaiseRule = (node, context) => {
  const { editor } = context;
  const scales = findAttribute(node, 'scales')?.floats ?? [];
  const name = context.addWeight(
    `${node.name || node.outputs[0]}_scales`,
    'float32',
    [scales.length],
    Float32Array.from(scales),
  );
  editor.update(node, { attributes: without(node, 'scales'), inputs: [node.inputs[0] ?? '', name] });
};

/** Limits that were left out were those of float32: infinities are clipped to them. */
export const clipToInputs: RaiseRule = (node, context) => {
  const { editor, dtypeOf, refuse } = context;
  const [input = ''] = node.inputs;
  const type = dtypeOf(input);
  const largest = type === 'float16' ? 65_504 : 3.4028234663852886e38;
  const limits = [floatAttribute(node, 'min', -largest), floatAttribute(node, 'max', largest)];
  const names = limits.map(
    (limit, index) =>
      addScalar(context, `${node.name || node.outputs[0]}_${index === 0 ? 'min' : 'max'}`, type, limit) ??
      refuse(`clips ${type}, for which limits cannot be written`),
  );
  editor.update(node, { attributes: without(node, 'min', 'max'), inputs: [input, ...names] });
};

export const padToInputs: RaiseRule = (node, context) => {
  const { editor, dtypeOf, refuse } = context;
  const [input = ''] = node.inputs;
  const inputs = [input, addIntegers(context, node, 'pads', intsAttribute(node, 'pads') ?? [])];
  const value = floatAttribute(node, 'value', 0);
  if (value !== 0 && textAttribute(node, 'mode', 'constant') === 'constant') {
    const type = dtypeOf(input);
    const name = addScalar(context, `${node.name || node.outputs[0]}_value`, type, value);
    inputs.push(name ?? refuse(`pads ${type} with ${value}, which cannot be written`));
  }
  editor.update(node, { attributes: without(node, 'pads', 'value'), inputs });
};

export const dftAxisToInput: RaiseRule = (node, context) => {
  const { editor } = context;
  const axis = BigInt(intAttribute(node, 'axis', 1));
  const name = context.addWeight(`${node.name || node.outputs[0]}_axis`, 'int64', [], BigInt64Array.of(axis));
  const [input = '', length = ''] = node.inputs;
  editor.update(node, { attributes: without(node, 'axis'), inputs: [input, length, name] });
};
