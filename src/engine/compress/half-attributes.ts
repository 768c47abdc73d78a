/** Values and types of float32 in the attributes of nodes. */
import { ELEMENT_TYPES } from '../onnx/element-types.ts';
import { entryOf } from '../onnx/entry-of.ts';
import { createAttribute, type NodeProto, type TensorProto } from '../onnx/ir.ts';
import { tensorFrom } from '../onnx/tensor-contents.ts';

const HALF = ELEMENT_TYPES.float16.code;
const FULL = ELEMENT_TYPES.float32.code;

/** The float32 value of a Constant node, in whichever attribute it stands. */
export function constantTensor({ attributes: [attribute] }: NodeProto): TensorProto | null {
  if (!attribute) return null;
  const { name, tensor, float, floats } = attribute;
  if (name === 'value') return tensor?.dataType === FULL ? tensor : null;
  if (name === 'value_float') return tensorFrom('', 'float32', [], Float32Array.of(float ?? 0));
  if (name === 'value_floats') return tensorFrom('', 'float32', [floats.length], Float32Array.from(floats));
  return null;
}

/** Attributes that say which type a node makes. */
export function convertTypeAttributes(
  node: NodeProto,
  toHalf: (weight: TensorProto, name: string) => TensorProto,
): void {
  const typeAttributes: Record<string, string> = {
    Cast: 'to',
    EyeLike: 'dtype',
    RandomNormal: 'dtype',
    RandomNormalLike: 'dtype',
    RandomUniform: 'dtype',
  };
  const typeAttribute = entryOf(typeAttributes, node.opType);
  node.attributes = node.attributes.map((attribute) => {
    if (attribute.name === typeAttribute && Number(attribute.int) === FULL)
      return createAttribute(attribute.name, BigInt(HALF));
    const isFill = node.opType === 'ConstantOfShape' && attribute.name === 'value';
    if (isFill && attribute.tensor?.dataType === FULL)
      return createAttribute('value', toHalf(attribute.tensor, attribute.tensor.name));
    return attribute;
  });
  if (node.opType === 'ConstantOfShape' && node.attributes.length === 0) {
    node.attributes = [createAttribute('value', tensorFrom('', 'float16', [1], Uint16Array.of(0)))];
  }
}
