/** Element types of the tensors of a graph, by the rules of the operators. What cannot be told is left out. */
import { intAttribute } from './attributes.ts';
import { type MaybeDtype, outputDtypes } from './dtype-rules.ts';
import { ELEMENT_TYPES, type ElementType, elementTypeOf } from './element-types.ts';
import type { GraphProto, NodeProto } from './ir.ts';
import { isStandard } from './infer-shapes.ts';
import { subgraphsOf } from './walk-model.ts';

type Dtypes = Map<string, ElementType>;

/** @param outer of a subgraph: `typesInside` of its node */
export function inferDtypes(graph: GraphProto, outer?: ReadonlyMap<string, ElementType>): Dtypes {
  const { known, visit } = trackDtypes(graph, outer);
  for (const node of graph.nodes) visit(node);
  return known;
}

/** The same for nodes that are not there yet: types of what is given at first, and then of what each node makes that is visited. */
export function trackDtypes(
  graph: GraphProto,
  outer: ReadonlyMap<string, ElementType> = new Map(),
): { known: Dtypes; visit: (node: NodeProto) => void } {
  const known: Dtypes = new Map(outer);
  const set = (name: string, dtype: MaybeDtype): void => {
    if (name === '') return;
    if (dtype === undefined) known.delete(name);
    else known.set(name, dtype);
  };
  const isGiven = new Set(graph.inputs.map(({ name }) => name));
  /** Of the tensors in each sequence. */
  const inSequence: Dtypes = new Map();
  for (const { name, type } of [...graph.inputs, ...graph.valueInfos]) {
    // What loops are given need not be declared inside of them.
    if (type || !isGiven.has(name)) set(name, type?.tensor ? elementTypeOf(type.tensor.elementType) : undefined);
    const elements = type?.sequence?.element?.tensor && elementTypeOf(type.sequence.element.tensor.elementType);
    if (elements) inSequence.set(name, elements);
  }
  for (const tensor of graph.initializers) set(tensor.name, elementTypeOf(tensor.dataType));
  for (const { values } of graph.sparseInitializers) if (values) set(values.name, elementTypeOf(values.dataType));
  const declared = new Map(known);
  const visit = (node: NodeProto): void => {
    const inputs = node.inputs.map((name) => known.get(name));
    const types = touchesSequences(node)
      ? inferFromSequence(node, inputs, inSequence)
      : hasBranches(node)
        ? inferFromBranches(node, known)
        : outputDtypes(node, inputs);
    for (const [index, name] of node.outputs.entries()) set(name, types[index] ?? declared.get(name));
  };
  return { known, visit };
}

/**
 * Types of what a subgraph of a node sees: tensors around it, and what the node gives it.
 * @param known around it
 */
export function typesInside(node: NodeProto, body: GraphProto, known: ReadonlyMap<string, ElementType>): Dtypes {
  const inside = new Map(known);
  const given = givenTypes(node, body, known);
  for (const [position, { name }] of body.inputs.entries()) {
    const type = given[position];
    if (type) inside.set(name, type);
    else inside.delete(name);
  }
  return inside;
}

function givenTypes(
  { opType, inputs }: NodeProto,
  body: GraphProto,
  known: ReadonlyMap<string, ElementType>,
): MaybeDtype[] {
  const types = inputs.map((name) => known.get(name));
  if (opType === 'Loop') return ['int64', 'bool', ...types.slice(2)];
  // Before opset 9 the lengths of the sequences come first.
  return opType === 'Scan' ? types.slice(inputs.length - body.inputs.length) : [];
}

/** Makes, changes or reads a sequence (or an optional), whose tensors keep the type that they had. */
export function touchesSequences(node: NodeProto): boolean {
  return isStandard(node) && /^(?:Sequence|SplitToSequence$|ConcatFromSequence$|Optional)/.test(node.opType);
}

/** Notes what is in the sequence that a node makes. @returns the type of the tensor that it makes, if it makes one */
function inferFromSequence(node: NodeProto, inputs: readonly MaybeDtype[], inSequence: Dtypes): MaybeDtype[] {
  const [given = ''] = node.inputs;
  if (node.opType === 'SequenceLength') return ['int64'];
  if (node.opType === 'OptionalHasElement') return ['bool'];
  // What its body makes may be of another type.
  if (node.opType === 'SequenceMap') return [];
  if (node.opType === 'SequenceAt' || node.opType === 'ConcatFromSequence') return [inSequence.get(given)];
  const elements =
    node.opType === 'SequenceEmpty'
      ? elementTypeOf(intAttribute(node, 'dtype', ELEMENT_TYPES.float32.code))
      : (inSequence.get(given) ?? inputs[0]);
  if (elements) inSequence.set(node.outputs[0] ?? '', elements);
  return [];
}

function hasBranches(node: NodeProto): boolean {
  return isStandard(node) && /^(?:If|Loop|Scan)$/.test(node.opType);
}

/** Both branches of an If give the same types; a Loop or Scan gives those of its body, after the condition. */
function inferFromBranches(node: NodeProto, known: Dtypes): MaybeDtype[] {
  const [body] = subgraphsOf(node);
  if (!body) return [];
  const inner = inferDtypes(body, typesInside(node, body, known));
  const types = body.outputs.map(({ name, type }) =>
    type?.tensor ? (elementTypeOf(type.tensor.elementType) ?? inner.get(name)) : inner.get(name),
  );
  return node.opType === 'Loop' ? types.slice(1) : types;
}
