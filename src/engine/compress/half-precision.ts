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
import { entryOf } from '../onnx/entry-of.ts';
import { convertTensor } from '../onnx/deferred-tensors.ts';
import { ELEMENT_TYPES } from '../onnx/element-types.ts';
import { createNamer } from '../onnx/create-namer.ts';
import { editGraph } from '../onnx/graph-editor.ts';
import { encodeFloat16 } from '../onnx/half.ts';
import { inferDtypes } from '../onnx/infer-dtypes.ts';
import { isStandard } from '../onnx/infer-shapes.ts';
import { removeNoOps } from '../onnx/remove-no-ops.ts';
import { capturedNames } from '../onnx/scopes.ts';
import { floatPiecesOf, tensorFrom } from '../onnx/tensor-contents.ts';
import { subgraphsOf } from '../onnx/walk-model.ts';

const LARGEST_HALF = 65_504;
/** Half of the smallest subnormal, 2^-24: what is not above it rounds to zero. */
const ROUNDS_TO_ZERO = 2 ** -25;
const HALF = ELEMENT_TYPES.float16.code;
const FULL = ELEMENT_TYPES.float32.code;

export type Conversion = {
  weightCount: number;
  nodeCount: number;
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

/** @param options.unfit tensors that stay float32, with the nodes that make and read them */
export function convertGraph(
  model: ModelProto,
  graph: GraphProto,
  options: {
    keepInputsOutputs: boolean;
    isBlocked: (node: NodeProto) => boolean;
    unfit?: ReadonlySet<string>;
  },
): Conversion {
  const { unfit = new Set() } = options;
  const dtypes = inferDtypes(graph);
  const editor = editGraph(graph, createNamer(model));
  const { uniqueName } = editor;
  const isFloat = (name: string): boolean => dtypes.get(name) === 'float32';
  const weights = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const halfNames = new Map<string, string>();
  const fullNames = new Map<string, string>();
  /** Float tensors of the graph that are stored as float16 under their own name. */
  const isHalf = new Set<string>();
  const scans = new Map<TensorProto, Scan>();
  const done: Conversion = {
    weightCount: 0,
    nodeCount: 0,
    castCount: 0,
    blockedNodes: [],
    keptNodes: [],
    outOfRangeWeights: [],
    vanishingWeights: [],
    vanishedCount: 0,
  };

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
    if (isHalf.has(name)) return name;
    const known = halfNames.get(name);
    if (known !== undefined) return known;
    const weight = weights.get(name);
    const half = uniqueName(`${name}_float16`);
    halfNames.set(name, half);
    if (weight) editor.addTensor(toHalf(weight, half));
    else editor.insertBefore(reader, castOf(name, half, HALF));
    return half;
  };
  const fullOf = (name: string, reader: NodeProto): string => {
    if (!isHalf.has(name)) return name;
    const known = fullNames.get(name);
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
    done.vanishedCount += (scans.get(weight) ?? scan(weight)).vanishedCount;
    return convertTensor(name, 'float16', weight, encodeFloat16);
  };

  if (!options.keepInputsOutputs) {
    for (const { name, type } of graph.inputs) {
      if (!isFloat(name) || weights.has(name) || !type?.tensor || unfit.has(name)) continue;
      type.tensor.elementType = HALF;
      isHalf.add(name);
    }
  }
  for (const tensor of graph.initializers) if (isFloat(tensor.name)) scans.set(tensor, scan(tensor));
  const keptWeights = new Set<string>();
  const staysFull = (name: string, { isWide, vanishes }: Scan): boolean => {
    if (isWide) done.outOfRangeWeights.push(name);
    else if (vanishes) done.vanishingWeights.push(name);
    else return false;
    keptWeights.add(name);
    return true;
  };
  for (const [{ name }, found] of scans) staysFull(name, found);

  for (const node of graph.nodes) {
    const isConstant = node.opType === 'Constant' && isStandard(node);
    if (isConstant) {
      const [output = ''] = node.outputs;
      const tensor = constantTensor(node);
      if (!tensor || staysFull(output, scan(tensor))) continue;
      node.attributes = [createAttribute('value', toHalf(tensor, tensor.name))];
      isHalf.add(output);
      continue;
    }
    const floatInputs = node.inputs.filter(isFloat);
    const touchesFloat = floatInputs.length > 0 || node.outputs.some(isFloat) || subgraphsOf(node).length > 0;
    if (!touchesFloat) continue;
    const isBlocked = !isStandard(node) || subgraphsOf(node).length > 0 || options.isBlocked(node);
    const isUnfit = [...node.inputs, ...node.outputs].some((name) => unfit.has(name) || keptWeights.has(name));
    if (isBlocked || isUnfit) {
      for (const name of new Set([...node.inputs, ...capturedNames(node)])) {
        if (isFloat(name) && isHalf.has(name)) editor.redirect(name, fullOf(name, node), [node]);
      }
      (isBlocked ? done.blockedNodes : done.keptNodes).push(node.name || `${node.opType} of ${node.outputs[0] ?? ''}`);
    } else {
      editor.update(node, { inputs: node.inputs.map((name, position) => inputOf(node, name, position)) });
      convertTypeAttributes(node, toHalf);
      for (const name of node.outputs) if (isFloat(name)) isHalf.add(name);
      done.nodeCount += 1;
    }
  }
  finishOutputs();
  graph.valueInfos = graph.valueInfos.filter(({ name }) => !isFloat(name));
  // Casts of the model itself may have become casts of float16 to float16.
  removeNoOps(editor);
  editor.removeUnused();
  return done;

  function finishOutputs(): void {
    for (const output of graph.outputs) {
      const { name } = output;
      if (!isFloat(name)) continue;
      if (!options.keepInputsOutputs && output.type?.tensor) {
        // One that stayed float32 behind a blocked node stays so.
        if (isHalf.has(name)) output.type.tensor.elementType = HALF;
      } else if (isHalf.has(name)) {
        const half = uniqueName(`${name}_float16`);
        editor.rename(name, half);
        editor.append(castOf(half, name, FULL));
      }
    }
  }
}

/** The float32 value of a Constant node, in whichever attribute it stands. */
function constantTensor({ attributes: [attribute] }: NodeProto): TensorProto | null {
  if (!attribute) return null;
  const { name, tensor, float, floats } = attribute;
  if (name === 'value') return tensor?.dataType === FULL ? tensor : null;
  if (name === 'value_float') return tensorFrom('', 'float32', [], Float32Array.of(float ?? 0));
  if (name === 'value_floats') return tensorFrom('', 'float32', [floats.length], Float32Array.from(floats));
  return null;
}

/** Attributes that say which type a node makes. */
function convertTypeAttributes(node: NodeProto, toHalf: (weight: TensorProto, name: string) => TensorProto): void {
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

/** Elements that are out of float16's range, or become zero there. */
type Scan = { isWide: boolean; vanishes: boolean; vanishedCount: number };

function scan(tensor: TensorProto): Scan {
  const found: Scan = { isWide: false, vanishes: false, vanishedCount: 0 };
  let largest = 0;
  for (const values of floatPiecesOf(tensor)) {
    for (let index = 0; index < values.length; index += 1) {
      const magnitude = Math.abs(values[index] as number);
      // What rounds to at most 65504 fits; infinities are meant (masks), and have a float16 of their own.
      if (!(magnitude < LARGEST_HALF + 16) && magnitude !== Infinity) found.isWide = true;
      if (magnitude !== 0 && magnitude <= ROUNDS_TO_ZERO) found.vanishedCount += 1;
      if (magnitude > largest) largest = magnitude;
    }
  }
  found.vanishes = largest !== 0 && largest <= ROUNDS_TO_ZERO;
  return found;
}
