/** What a product multiplies for one of its results: rows of inputs, as a convolution sees them through its window. */
import { intAttribute, intsAttribute, textAttribute } from '../../onnx/attributes.ts';
import type { NodeProto } from '../../onnx/ir.ts';
import type { Tensor } from '../../runtime/onnxruntime-types.ts';

export type InputRows = {
  /** For each group of a convolution (one for all others) `[rows, size]`. */
  groups: Float64Array[];
  /** Of one row. */
  size: number;
  rowCount: number;
};

/** How many inputs one result is made of. */
export function rowSizeOf(node: NodeProto, dims: readonly number[]): number {
  if (node.opType === 'Conv') return dims.slice(1).reduce((product, size) => product * size, 1);
  return (node.opType === 'Gemm' && intAttribute(node, 'transB', 0) === 1 ? dims[1] : dims[0]) as number;
}

/**
 * @param tensors integers, batch after batch, for images `[items, channels, height, width]`
 * @param about.dims of the weight
 * @param about.mostRows evenly chosen from all results of all items
 * @returns values less the zero point, padding as 0; null for convolutions over other than one or two axes, or that pad by `auto_pad`
 */
export function inputRows(
  node: NodeProto,
  tensors: readonly Tensor[],
  about: { dims: readonly number[]; zeroPoint: number; mostRows: number },
): InputRows | null {
  return node.opType === 'Conv' ? rowsOfWindows(node, tensors, about) : rowsOfMatrix(node, tensors, about);
}

type About = Parameters<typeof inputRows>[2];

function rowsOfMatrix(node: NodeProto, tensors: readonly Tensor[], { dims, zeroPoint, mostRows }: About): InputRows {
  const size = rowSizeOf(node, dims);
  const total = tensors.reduce((sum, tensor) => sum + tensor.size / size, 0);
  const step = Math.ceil(total / mostRows);
  const rows = new Float64Array(Math.ceil(total / step) * size);
  let [seen, at] = [0, 0];
  for (const { data } of tensors) {
    const values = data as Uint8Array;
    for (let start = 0; start < values.length; start += size, seen += 1) {
      if (seen % step !== 0) continue;
      for (let index = 0; index < size; index += 1) rows[at + index] = (values[start + index] as number) - zeroPoint;
      at += size;
    }
  }
  return { groups: [rows], size, rowCount: at / size };
}

function rowsOfWindows(node: NodeProto, tensors: readonly Tensor[], about: About): InputRows | null {
  const { dims, zeroPoint, mostRows } = about;
  const [, inputs = 0, ...kernel] = dims;
  if (kernel.length > 2 || kernel.length === 0 || textAttribute(node, 'auto_pad', 'NOTSET') !== 'NOTSET') return null;
  /** One axis is two of which the first has length 1. */
  const both = (list: readonly number[] | undefined, missing: number): [number, number] => {
    const [first = missing, second] = list ?? kernel.map(() => missing);
    return second === undefined ? [missing, first] : [first, second];
  };
  const [rows, columns] = both(kernel, 1);
  const [rowStride, columnStride] = both(intsAttribute(node, 'strides'), 1);
  const [rowDilation, columnDilation] = both(intsAttribute(node, 'dilations'), 1);
  const pads = intsAttribute(node, 'pads');
  const [above, left] = both(pads?.slice(0, kernel.length), 0);
  const [below, right] = both(pads?.slice(kernel.length), 0);
  const [height, width] = both(tensors[0]?.dims.slice(2), 1);
  const outputRows = Math.floor((height + above + below - (rows - 1) * rowDilation - 1) / rowStride) + 1;
  const outputColumns = Math.floor((width + left + right - (columns - 1) * columnDilation - 1) / columnStride) + 1;
  const perItem = outputRows * outputColumns;
  const itemCount = tensors.reduce((sum, tensor) => sum + (tensor.dims[0] ?? 0), 0);
  const groupCount = intAttribute(node, 'group', 1);
  const size = rowSizeOf(node, dims);
  const step = Math.ceil((perItem * itemCount) / mostRows);
  const rowCount = Math.ceil((perItem * itemCount) / step);
  const groups = Array.from({ length: groupCount }, () => new Float64Array(rowCount * size));

  for (let taken = 0; taken < rowCount; taken += 1) {
    const position = taken * step;
    let item = Math.floor(position / perItem);
    let batch = 0;
    for (; item >= (tensors[batch]?.dims[0] ?? Infinity); batch += 1) item -= tensors[batch]?.dims[0] ?? 0;
    const values = tensors[batch]?.data as Uint8Array;
    const top = Math.floor((position % perItem) / outputColumns) * rowStride - above;
    const start = (position % outputColumns) * columnStride - left;
    for (let group = 0; group < groupCount; group += 1) {
      const target = groups[group] as Float64Array;
      let at = taken * size;
      for (let channel = 0; channel < inputs; channel += 1) {
        const plane = (item * groupCount * inputs + group * inputs + channel) * height * width;
        for (let row = 0; row < rows; row += 1) {
          const y = top + row * rowDilation;
          for (let column = 0; column < columns; column += 1, at += 1) {
            const x = start + column * columnDilation;
            if (y >= 0 && y < height && x >= 0 && x < width)
              target[at] = (values[plane + y * width + x] as number) - zeroPoint;
          }
        }
      }
    }
  }
  return { groups, size, rowCount };
}
