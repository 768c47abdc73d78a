/**
 * The integers of weights in a file. Those of 4 bits lie two in a byte, which a table in the file makes int8 of: ONNX Runtime computes that once, as it
 * loads, and its integer kernels take the result. A DequantizeLinear of int4 it leaves to every run, in float32, and its build for WebGPU in browsers has
 * no Cast from int4.
 * Source: onnxruntime/core/optimizer/constant_folding.cc, which passes over DequantizeLinear.
 */
import { elementCount } from '../../onnx/element-count.ts';
import { ELEMENT_TYPES } from '../../onnx/element-types.ts';
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import { createAttribute, createNode, type NodeProto, type TensorProto } from '../../onnx/ir.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import type { WeightType } from './quantize-tensor.ts';

/** Below, the nodes that unpack a weight take as many bytes as 4 bits save. */
const LEAST_PACKED_ELEMENTS = 1024;
/** The zero point of unsigned weights: the middle of their type. */
const UNSIGNED_MIDDLE = 128;

/** Small weights take no fewer bytes with 4 bits than with 8. */
export function storedTypeOf(weight: TensorProto, wanted: WeightType): WeightType {
  const count = elementCount(weight);
  return wanted === 'int4' && (count < LEAST_PACKED_ELEMENTS || count % 2 === 1) ? 'int8' : wanted;
}

/**
 * Symmetric integers as the file holds them.
 * @param values within ±127, or ±7 for int4
 * @returns int8 of the weight's form; uint8 around 128; or for int4 uint8 `[elements / 2]`, the first of two in the low bits, as ONNX packs them
 *   (https://onnx.ai/onnx/technical/int4.html)
 */
export function integersTensor(
  name: string,
  values: Int8Array,
  type: WeightType,
  dims: readonly number[],
): TensorProto {
  switch (type) {
    case 'int8':
      return tensorFrom(name, 'int8', dims, values);
    case 'uint8':
      return tensorFrom(
        name,
        'uint8',
        dims,
        Uint8Array.from(values, (value) => value + UNSIGNED_MIDDLE),
      );
    case 'int4': {
      const pairs = Uint8Array.from(
        { length: values.length / 2 },
        (_, pair) => ((values[2 * pair] as number) & 15) | (((values[2 * pair + 1] as number) & 15) << 4),
      );
      return tensorFrom(name, 'uint8', [pairs.length], pairs);
    }
  }
}

/** As many zero points as there are scales, of the type that is dequantized. */
export function zeroPointsTensor(name: string, type: WeightType, dims: readonly number[]): TensorProto {
  const count = dims.reduce((product, size) => product * size, 1);
  return type === 'uint8'
    ? tensorFrom(name, 'uint8', dims, new Uint8Array(count).fill(UNSIGNED_MIDDLE))
    : tensorFrom(name, 'int8', dims, new Int8Array(count));
}

/**
 * @param add puts nodes before all that read what is unpacked
 * @returns a function that makes int8 of these dimensions of a packed weight, and says its name
 */
export function createUnpacker({ addWeight, uniqueName }: GraphEditor, add: (...nodes: NodeProto[]) => void) {
  let table: string | undefined;
  const shapes = new Map<string, string>();
  return (packed: string, dims: readonly number[]): string => {
    table ??= addWeight('int4_pairs', 'int8', [256, 2], pairsOfBytes());
    const shape =
      shapes.get(dims.join()) ??
      addWeight(`shape_${dims.join('x')}`, 'int64', [dims.length], BigInt64Array.from(dims, BigInt));
    shapes.set(dims.join(), shape);
    const unpacked = uniqueName(`${packed}_int8`);
    // Many, and gone once the model is loaded: short names.
    const [bytes, pairs] = [uniqueName('bytes'), uniqueName('pairs')];
    const to = createAttribute('to', BigInt(ELEMENT_TYPES.int32.code));
    add(
      createNode({ opType: 'Cast', inputs: [packed], outputs: [bytes], attributes: [to] }),
      createNode({ opType: 'Gather', inputs: [table, bytes], outputs: [pairs] }),
      createNode({ opType: 'Reshape', inputs: [pairs, shape], outputs: [unpacked] }),
    );
    return unpacked;
  };
}

/** Low and high bits of each byte, as signed integers. */
function pairsOfBytes(): Int8Array {
  const signed = (bits: number): number => (bits << 28) >> 28;
  return Int8Array.from({ length: 512 }, (_, index) => signed(index % 2 === 0 ? index >> 1 : index >> 5));
}
