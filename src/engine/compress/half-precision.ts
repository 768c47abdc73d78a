/**
 * Turns the float32 part of a graph into float16. Each tensor has a precision it is stored in; where a node needs the other
 * one, a cast is added once and shared, so that neighbours of the same kind have no casts between them.
 */
import {
  createAttribute,
  createNode,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from '../onnx/ir.ts';
import { convertTensor } from '../onnx/deferred-tensors.ts';
import { ELEMENT_TYPES, type ElementType } from '../onnx/element-types.ts';
import { createNamer } from '../onnx/create-namer.ts';
import { editGraph, type GraphEditor } from '../onnx/graph-editor.ts';
import { encodeFloat16 } from '../onnx/half.ts';
import { inferDtypes, touchesSequences, typesInside } from '../onnx/infer-dtypes.ts';
import { isStandard } from '../onnx/infer-shapes.ts';
import { removeNoOps } from '../onnx/remove-no-ops.ts';
import { capturedNames } from '../onnx/scopes.ts';
import { subgraphsOf } from '../onnx/walk-model.ts';
import { findMovedInFull } from './find-moved-in-full.ts';
import { constantTensor, convertTypeAttributes } from './half-attributes.ts';
import { nodeLabel } from './node-label.ts';
import { type HalfRange, scanForHalf } from './half-range.ts';

const HALF = ELEMENT_TYPES.float16.code;
const FULL = ELEMENT_TYPES.float32.code;

export type Conversion = {
  weightCount: number;
  nodeCount: number;
  /** Those of them that are inside of subgraphs which were not scanned. */
  innerNodeCount: number;
  castCount: number;
  blockedNodes: string[];
  /** Of tensors that had to stay float32. */
  keptNodes: string[];
  outOfRangeWeights: string[];
  /** Weights other than zero that would be zero all over, and stay float32. */
  vanishingWeights: string[];
  /** Elements other than zero that became zero. */
  vanishedCount: number;
};

type Options = {
  keepInputsOutputs: boolean;
  isBlocked: (node: NodeProto) => boolean;
  unfit?: ReadonlySet<string>;
  /** Subgraphs whose tensors were looked at. */
  scanned?: ReadonlySet<GraphProto>;
};

/** What a subgraph sees of the graphs around it. */
type Surroundings = {
  editor: GraphEditor;
  dtypes: ReadonlyMap<string, ElementType>;
  /** Stored as float16 under its own name. */
  isHalf: (name: string) => boolean;
  /** Float32 under its own name, and one that has to stay so. */
  staysFull: (name: string) => boolean;
  /** The name of a float16 twin that is there already or can be made around the subgraph; undefined for what has to be cast inside of it. */
  halfOf: (name: string) => string | undefined;
  /** The name of a float32 twin that is there already. */
  fullOf: (name: string) => string | undefined;
};

/**
 * Subgraphs (If, Loop, Scan) become float16 inside; what they are given and what they give keeps its type, so that branches and rounds of a
 * loop agree. What they capture from around them they take in the precision that it has there.
 *
 * @param options.unfit tensors that stay float32, with the nodes that make and read them
 */
export function convertGraph(model: ModelProto, graph: GraphProto, options: Options): Conversion {
  const done: Conversion = {
    weightCount: 0,
    nodeCount: 0,
    innerNodeCount: 0,
    castCount: 0,
    blockedNodes: [],
    keptNodes: [],
    outOfRangeWeights: [],
    vanishingWeights: [],
    vanishedCount: 0,
  };
  convertScope(graph, { ...options, uniqueName: createNamer(model), done });
  return done;
}

function convertScope(
  graph: GraphProto,
  options: Options & { uniqueName: (wish: string) => string; done: Conversion },
  around?: Surroundings,
): void {
  const { unfit = new Set(), uniqueName, done } = options;
  const dtypes = inferDtypes(graph, around?.dtypes);
  const editor = editGraph(graph, uniqueName, around?.editor);
  const isFloat = (name: string): boolean => dtypes.get(name) === 'float32';
  const own = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.map(({ name }) => name),
    ...graph.sparseInitializers.map(({ values }) => values?.name ?? ''),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  // A weight that is an input too may be replaced by whoever runs the model: it is cast while it runs.
  const inputNames = new Set(graph.inputs.map(({ name }) => name));
  const fixed = graph.initializers.filter(({ name }) => !inputNames.has(name));
  const replaceable = new Set(graph.initializers.map(({ name }) => name).filter((name) => inputNames.has(name)));
  const weights = new Map(fixed.map((tensor) => [tensor.name, tensor]));
  const halfNames = new Map<string, string>();
  const fullNames = new Map<string, string>();
  /** Float tensors of the graph that are stored as float16 under their own name. */
  const halves = new Set<string>();
  const isHalf = (name: string): boolean => halves.has(name) || (!own.has(name) && (around?.isHalf(name) ?? false));
  const scans = new Map<TensorProto, HalfRange>();

  const castOf = (from: string, to: string, code: number): NodeProto => {
    done.castCount += 1;
    return createNode({
      opType: 'Cast',
      name: uniqueName(`${to}_cast`),
      inputs: [from],
      outputs: [to],
      attributes: [createAttribute('to', BigInt(code))],
    });
  };
  const halfOf = (name: string, reader: NodeProto): string => {
    if (isHalf(name)) return name;
    const known = halfNames.get(name);
    if (known !== undefined) return known;
    const twin = own.has(name) ? undefined : around?.halfOf(name);
    if (twin !== undefined) return twin;
    const weight = weights.get(name);
    const half = uniqueName(`${name}_float16`);
    halfNames.set(name, half);
    if (weight) editor.addTensor(toHalf(weight, half));
    else editor.insertBefore(reader, castOf(name, half, HALF));
    return half;
  };
  const knownFullOf = (name: string): string | undefined =>
    fullNames.get(name) ?? (own.has(name) ? undefined : around?.fullOf(name));
  const fullOf = (name: string, reader: NodeProto): string => {
    if (!isHalf(name)) return name;
    const known = knownFullOf(name);
    if (known !== undefined) return known;
    const full = uniqueName(`${name}_float32`);
    fullNames.set(name, full);
    editor.insertBefore(reader, castOf(name, full, FULL));
    return full;
  };
  const inputOf = (node: NodeProto, name: string, position: number): string => {
    if (!isFloat(name)) return name;
    // Regions and scales of Resize have types of their own, and scales are never float16.
    return node.opType === 'Resize' && position > 0 ? fullOf(name, node) : halfOf(name, node);
  };
  const toHalf = (weight: TensorProto, name: string): TensorProto => {
    done.weightCount += 1;
    done.vanishedCount += (scans.get(weight) ?? scanForHalf(weight)).vanishedCount;
    return convertTensor(name, 'float16', weight, encodeFloat16);
  };

  if (!options.keepInputsOutputs) {
    for (const { name, type } of graph.inputs) {
      if (!isFloat(name) || replaceable.has(name) || !type?.tensor || unfit.has(name)) continue;
      type.tensor.elementType = HALF;
      halves.add(name);
    }
  }
  for (const tensor of fixed) if (isFloat(tensor.name)) scans.set(tensor, scanForHalf(tensor));
  const keptWeights = new Set<string>();
  const staysFull = (name: string, { isWide, vanishes }: HalfRange): boolean => {
    if (isWide) done.outOfRangeWeights.push(name);
    else if (vanishes) done.vanishingWeights.push(name);
    else return false;
    keptWeights.add(name);
    return true;
  };
  for (const [{ name }, found] of scans) staysFull(name, found);
  const isUnfit = (name: string): boolean =>
    unfit.has(name) || keptWeights.has(name) || (!own.has(name) && (around?.staysFull(name) ?? false));
  const surroundings: Surroundings = {
    editor,
    dtypes,
    isHalf,
    staysFull: isUnfit,
    halfOf(name) {
      const weight = weights.get(name);
      if (!weight) return halfNames.get(name) ?? (own.has(name) ? undefined : around?.halfOf(name));
      const half = halfNames.get(name) ?? editor.addTensor(toHalf(weight, uniqueName(`${name}_float16`)));
      halfNames.set(name, half);
      return half;
    },
    fullOf: knownFullOf,
  };

  const constants = new Map<NodeProto, TensorProto>();
  for (const node of graph.nodes) {
    const tensor = node.opType === 'Constant' && isStandard(node) ? constantTensor(node) : null;
    if (tensor && !staysFull(node.outputs[0] ?? '', scanForHalf(tensor))) constants.set(node, tensor);
  }
  // What is in a sequence has one type, wherever it comes from.
  const isBlocked = (node: NodeProto): boolean =>
    !isStandard(node) || touchesSequences(node) || options.isBlocked(node);
  const isKept = (node: NodeProto): boolean => [...node.inputs, ...node.outputs].some(isUnfit);
  const movedInFull = findMovedInFull(graph, editor, {
    isFloat,
    staysFull: (node) => isBlocked(node) || isKept(node),
    isFull: (name) => !isHalf(name),
    areOutputsFull: options.keepInputsOutputs,
  });

  for (const node of graph.nodes) {
    if (node.opType === 'Constant' && isStandard(node)) {
      const tensor = constants.get(node);
      if (!tensor) continue;
      node.attributes = [createAttribute('value', toHalf(tensor, tensor.name))];
      halves.add(node.outputs[0] ?? '');
      continue;
    }
    const floatInputs = node.inputs.filter(isFloat);
    const touchesFloat = floatInputs.length > 0 || node.outputs.some(isFloat) || subgraphsOf(node).length > 0;
    if (!touchesFloat || movedInFull.has(node)) continue;
    if (!isBlocked(node) && subgraphsOf(node).length > 0) {
      const inside = subgraphsOf(node).map((inner) => ({ inner, dtypes: typesInside(node, inner, dtypes) }));
      // Only what it is given: what its subgraphs capture they take as it is.
      editor.update(node, { inputs: node.inputs.map((name) => (isFloat(name) ? fullOf(name, node) : name)) });
      for (const { inner, ...types } of inside) {
        convertScope(inner, { ...options, keepInputsOutputs: true }, { ...surroundings, ...types });
      }
      // It may read other tensors from around it now.
      editor.update(node, {});
    } else if (isBlocked(node) || isKept(node)) {
      for (const name of new Set([...node.inputs, ...capturedNames(node)])) {
        if (isFloat(name) && isHalf(name)) editor.redirect(name, fullOf(name, node), [node]);
      }
      (isBlocked(node) ? done.blockedNodes : done.keptNodes).push(nodeLabel(node));
    } else {
      editor.update(node, { inputs: node.inputs.map((name, position) => inputOf(node, name, position)) });
      convertTypeAttributes(node, toHalf);
      for (const name of node.outputs) if (isFloat(name)) halves.add(name);
      done.nodeCount += 1;
      if (around && !options.scanned?.has(graph)) done.innerNodeCount += 1;
    }
  }
  // Before outputs are renamed, which declarations follow.
  graph.valueInfos = graph.valueInfos.filter(({ name }) => !isFloat(name));
  finishOutputs();
  // Casts of the model itself may have become casts of float16 to float16.
  removeNoOps(editor);
  if (!around) editor.removeUnused();

  function finishOutputs(): void {
    for (const output of graph.outputs) {
      const { name } = output;
      if (!isFloat(name)) continue;
      if (!options.keepInputsOutputs && output.type?.tensor) {
        // One that stayed float32 behind a blocked node stays so.
        if (isHalf(name)) output.type.tensor.elementType = HALF;
      } else if (isHalf(name) && !own.has(name)) {
        // A branch that gives a tensor from around it.
        const full = uniqueName(`${name}_float32`);
        editor.append(castOf(name, full, FULL));
        output.name = full;
      } else if (isHalf(name)) {
        const half = uniqueName(`${name}_float16`);
        const full = fullNames.get(name);
        editor.rename(name, half);
        if (full === undefined) editor.append(castOf(half, name, FULL));
        else editor.rename(full, name);
      }
    }
  }
}
