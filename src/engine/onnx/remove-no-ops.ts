/** Nodes that hand on what they are given. */
import { intAttribute } from './attributes.ts';
import { type ElementType, elementTypeOf } from './element-types.ts';
import type { GraphEditor } from './graph-editor.ts';
import { inferDtypes } from './infer-dtypes.ts';
import { isStandard } from './infer-shapes.ts';
import type { NodeProto } from './ir.ts';

/** Into which types a value of a type can be cast and back without a change. */
const WIDER: Partial<Record<ElementType, readonly ElementType[]>> = {
  float16: ['float32', 'float64'],
  bfloat16: ['float32', 'float64'],
  float32: ['float64'],
  int8: ['int16', 'int32', 'int64', 'float16', 'float32', 'float64'],
  uint8: ['int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'float16', 'float32', 'float64'],
  int16: ['int32', 'int64', 'float32', 'float64'],
  int32: ['int64', 'float64'],
  bool: ['uint8', 'int8', 'int32', 'int64', 'float16', 'float32', 'float64'],
};

/**
 * Takes out Identity, Dropout that is not trained, casts to the type that is there already, and casts to a wider type and
 * back. An output that is an input or a weight by another name keeps its Identity.
 * @returns how many are gone
 */
export function removeNoOps(editor: GraphEditor): number {
  const dtypes = inferDtypes(editor.graph);
  let count = 0;
  for (const node of editor.graph.nodes) {
    const input = sourceOf(node, editor, dtypes);
    const [output = '', ...others] = node.outputs;
    if (input === null || others.some((name) => editor.consumersOf(name).length > 0 || editor.isOutput(name))) continue;
    if (editor.isOutput(output) && (!editor.producerOf(input) || editor.isOutput(input))) continue;
    editor.bypass(node, input);
    count += 1;
  }
  return count;
}

/** The tensor that a node gives unchanged, or null. */
function sourceOf(node: NodeProto, editor: GraphEditor, dtypes: ReadonlyMap<string, ElementType>): string | null {
  const [input = '', , training = ''] = node.inputs;
  if (!isStandard(node) || input === '') return null;
  if (node.opType === 'Identity') return input;
  if (node.opType === 'Dropout') return training === '' ? input : null;
  if (node.opType !== 'Cast') return null;
  const target = elementTypeOf(intAttribute(node, 'to', 0));
  const given = dtypes.get(input);
  if (target === undefined || given === undefined) return null;
  if (given === target) return input;
  const before = editor.producerOf(input);
  const original = before && isStandard(before) && before.opType === 'Cast' ? (before.inputs[0] ?? '') : '';
  return dtypes.get(original) === target && WIDER[target]?.includes(given) ? original : null;
}
