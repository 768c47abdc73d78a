import { elementTypeOf } from './element-types.ts';
import type { NodeProto, TensorProto } from './ir.ts';
import { tensorFrom } from './tensor-contents.ts';

/** What a Constant node makes, in whichever attribute it stands; undefined for texts and sparse values. */
export function constantValueOf(node: NodeProto): TensorProto | undefined {
  for (const { name, tensor, float, floats, int, ints } of node.attributes) {
    switch (name) {
      case 'value':
        return tensor && elementTypeOf(tensor.dataType) !== 'string' ? tensor : undefined;
      case 'value_float':
        return tensorFrom('', 'float32', [], Float32Array.of(float ?? 0));
      case 'value_floats':
        return tensorFrom('', 'float32', [floats.length], Float32Array.from(floats));
      case 'value_int':
        return tensorFrom('', 'int64', [], BigInt64Array.of(int ?? 0n));
      case 'value_ints':
        return tensorFrom('', 'int64', [ints.length], BigInt64Array.from(ints));
      default:
    }
  }
  return undefined;
}
