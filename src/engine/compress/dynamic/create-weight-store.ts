import { deferTensors } from '../../onnx/deferred-tensors.ts';
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import type { TensorProto } from '../../onnx/ir.ts';
import { snapshotOf, withFloats } from '../../onnx/tensor-contents.ts';
import { type IntegerType, quantizeWeight } from '../quantize-weight.ts';

type Options = { weightType: IntegerType; perChannel: boolean; isReduced: boolean };
type Names = readonly [values: string, scale: string, zeroPoint: string];

/** @returns the names of the integers, of their scales and zero points, as the operator takes them */
export type StoreWeight = (weight: TensorProto, form: { isConvolution: boolean; isTransposed: boolean }) => Names;

/**
 * Stores integer weights in the graph of the editor, where subgraphs find them too: each once, however many products use it in the
 * same form. They are computed when they are written.
 */
export function createWeightStore({ uniqueName, addTensor }: GraphEditor, options: Options): StoreWeight {
  const stored = new Map<TensorProto, Map<string, Names>>();

  return (weight, form) => {
    const known = stored.get(weight) ?? new Map<string, Names>();
    stored.set(weight, known);
    const key = JSON.stringify(form);
    const names = known.get(key) ?? add(weight, form);
    known.set(key, names);
    return names;
  };

  function add(weight: TensorProto, { isConvolution, isTransposed }: Parameters<StoreWeight>[1]): Names {
    const source = snapshotOf(weight);
    const dims = isTransposed ? source.dims.toReversed() : source.dims;
    // ConvInteger takes one zero point for the whole weight: only a symmetric type can have a scale for each channel.
    const perChannel = options.perChannel && !(isConvolution && options.weightType === 'uint8');
    const base = weight.name;
    const scaleDims = perChannel
      ? isConvolution
        ? [1, dims[0] as number, ...dims.slice(2).map(() => 1)]
        : [dims[1] as number]
      : [];
    const zeroDims = perChannel && !isConvolution ? [dims[1] as number] : [];
    const tensors = deferTensors(
      [
        { name: uniqueName(`${base}_quantized`), type: options.weightType, dims },
        { name: uniqueName(`${base}_scale`), type: 'float32', dims: scaleDims },
        { name: uniqueName(`${base}_zero_point`), type: options.weightType, dims: zeroDims },
      ],
      () => {
        const { values, scales, zeroPoints } = withFloats(source, (weights) =>
          quantizeWeight(isTransposed ? transpose(weights, source.dims) : weights, {
            dims,
            axis: perChannel ? (isConvolution ? 0 : 1) : null,
            type: options.weightType,
            isReduced: options.isReduced,
          }),
        );
        return [values, scales, isConvolution ? zeroPoints.subarray(0, 1) : zeroPoints];
      },
    );
    return tensors.map(addTensor) as [string, string, string];
  }
}

function transpose(values: Float32Array, [rows = 0, columns = 0]: readonly number[]): Float32Array {
  const transposed = new Float32Array(values.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      transposed[column * rows + row] = values[row * columns + column] as number;
    }
  }
  return transposed;
}
