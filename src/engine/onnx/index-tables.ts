import type { IndexTable } from '#shared/model.ts';
import { intAttribute } from './attributes.ts';
import { constantValueOf } from './constant-value.ts';
import type { ModelProto, NodeProto } from './ir.ts';
import { walkGraphs, walkNodes } from './walk-model.ts';

/** Hand on the values of their first input, in another type or shape. */
const KEEPS_VALUES = new Set([
  'Cast',
  'Expand',
  'Flatten',
  'Identity',
  'Reshape',
  'Slice',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
]);
/** Hand on a table with as many rows: what compression puts before a Gather. */
const KEEPS_ROWS = new Set(['Cast', 'DequantizeLinear', 'Identity']);

/** An input of indices, and the table and its axis that they count along. */
type Lookup = { indices: string; table: string; axis: number };

/**
 * For each input whose values become the indices of a Gather in a constant table, as they are or in another type or shape: the
 * table with the fewest rows. Indices from 0 to `rows − 1` are valid in all of them.
 * Source: https://onnx.ai/onnx/operators/onnx__Gather.html; GatherBlockQuantized and EmbedLayerNormalization of com.microsoft
 */
export function indexTables(model: ModelProto): Map<string, IndexTable> {
  const nodes = [...walkNodes(model)];
  const dims = constantDims(model, nodes);
  const kept = new Map<string, string>();
  for (const { opType, inputs, outputs } of nodes) {
    if (KEEPS_VALUES.has(opType)) kept.set(outputs[0] ?? '', inputs[0] ?? '');
  }
  const inputs = new Set(model.graph?.inputs.map(({ name }) => name).filter((name) => !dims.has(name)));
  const tables = new Map<string, IndexTable>();
  for (const { indices, table, axis } of nodes.flatMap(lookupsOf)) {
    const shape = dims.get(table);
    const rows = shape?.[axis < 0 ? axis + shape.length : axis];
    const input = sourceOf(indices, kept);
    if (rows === undefined || rows < 1 || !inputs.has(input)) continue;
    if (rows < (tables.get(input)?.rows ?? Infinity)) tables.set(input, { name: table, rows });
  }
  return tables;
}

function lookupsOf(node: NodeProto): Lookup[] {
  const [first = '', second = ''] = node.inputs;
  switch (node.opType) {
    case 'Gather':
      return [{ table: first, indices: second, axis: intAttribute(node, 'axis', 0) }];
    case 'GatherBlockQuantized':
      return [{ table: first, indices: second, axis: intAttribute(node, 'gather_axis', 0) }];
    case 'EmbedLayerNormalization': {
      // Words and segments. Positions count up unless they are an input too.
      const [, , words = '', places = '', segments = ''] = node.inputs;
      const positions = node.inputs[8] ?? '';
      return [
        { table: words, indices: first, axis: 0 },
        { table: segments, indices: second, axis: 0 },
        { table: places, indices: positions, axis: 0 },
      ];
    }
    default:
      return [];
  }
}

function sourceOf(name: string, kept: ReadonlyMap<string, string>): string {
  const seen = new Set<string>();
  for (let current = name; ;) {
    const before = kept.get(current);
    // A damaged file may go round in a circle.
    if (before === undefined || seen.has(current)) return current;
    seen.add(current);
    current = before;
  }
}

/** Of weights, constants, and what is made of them row by row. */
function constantDims(model: ModelProto, nodes: readonly NodeProto[]): Map<string, readonly number[]> {
  const dims = new Map<string, readonly number[]>();
  for (const graph of walkGraphs(model)) {
    for (const tensor of graph.initializers) dims.set(tensor.name, tensor.dims);
  }
  for (const node of nodes) {
    const [output = ''] = node.outputs;
    const made = KEEPS_ROWS.has(node.opType)
      ? dims.get(node.inputs[0] ?? '')
      : node.opType === 'Constant'
        ? constantValueOf(node)?.dims
        : undefined;
    if (made) dims.set(output, made);
  }
  return dims;
}
