/** Gives a model outputs that are small extracts of the tensors inside of it, taken where they are made. */
import { intsAttribute } from '../../onnx/attributes.ts';
import { clipOf } from '../../onnx/clip-of.ts';
import { createNamer } from '../../onnx/create-namer.ts';
import { type GraphIndex, indexGraph } from '../../onnx/graph-index.ts';
import { removeUnused } from '../../onnx/remove-unused.ts';
import {
  createAttribute,
  createNode,
  type GraphProto,
  graphSchema,
  type ModelProto,
  modelSchema,
  type NodeProto,
  valueInfoSchema,
} from '../../onnx/ir.ts';
import { createMessage } from '../../onnx/message.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import type { SamplePlan } from './plan-sample.ts';

/** Names of the outputs that show a tensor; null for what is not looked at. */
export type ObservedOutputs = {
  values: string | null;
  /** Of each row's channels: `[rows, channels]`, and perhaps ones. */
  mean: string | null;
  highest: string | null;
  /** Of the tensor's negative: the highest. */
  lowest: string | null;
};

export type Observed = { model: ModelProto; outputs: Map<string, ObservedOutputs> };

/** From this opset on the axes of reductions are an input. */
const AXES_INPUT_OPSET = 18;

/** The same model with these tensors as its only outputs, and without what they do not need. */
export function observeWhole(model: ModelProto, names: Iterable<string>): ModelProto {
  return withOutputs(model, names, [], []);
}

/**
 * The same model, with extracts of each tensor as outputs.
 *
 * ONNX Runtime computes convolutions in a blocked layout, and bringing a whole tensor into the usual one costs as much as many a layer. So
 * images are thinned by a MaxPool of 1 × 1 with strides, and their signs turned by a convolution of each channel with −1: both have
 * kernels for the blocked layout, as pooling over all positions has. Other tensors are sliced, and their signs turned by Neg.
 * @param wanted what is looked at of which tensors; the lowest value only of those that can have negative ones
 */
export function observeTensors(
  model: ModelProto,
  plans: ReadonlyMap<string, SamplePlan>,
  wanted: Record<'values' | 'means' | 'highest' | 'lowest', (plan: SamplePlan, name: string) => boolean>,
): Observed {
  const opset = model.opsetImports.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0;
  const uniqueName = createNamer(model);
  const index = indexGraph(model.graph as GraphProto);
  const nodes: NodeProto[] = [];
  const initializers: GraphProto['initializers'] = [];
  const integers = (wish: string, values: readonly number[]): string => {
    const tensor = tensorFrom(uniqueName(wish), 'int64', [values.length], BigInt64Array.from(values, BigInt));
    initializers.push(tensor);
    return tensor.name;
  };
  const inView = (name: string, { view: { change } }: SamplePlan): string => {
    if (change === null) return name;
    const output = uniqueName(`${name}_by_item`);
    const isReshaped = change.kind === 'reshape';
    nodes.push(
      createNode({
        opType: isReshaped ? 'Reshape' : 'Transpose',
        name: output,
        inputs: isReshaped ? [name, integers(`${output}_shape`, change.shape)] : [name],
        outputs: [output],
        attributes: isReshaped ? [] : [createAttribute('perm', change.order.map(BigInt))],
      }),
    );
    return output;
  };
  const reduce = (kind: 'mean' | 'highest', name: string, { axes, view: { isImage } }: SamplePlan): string => {
    if (axes.length === 0) return name;
    const output = uniqueName(`${name}_${kind}`);
    if (isImage) {
      const opType = kind === 'mean' ? 'GlobalAveragePool' : 'GlobalMaxPool';
      nodes.push(createNode({ opType, name: output, inputs: [name], outputs: [output] }));
      return output;
    }
    const isInput = opset >= AXES_INPUT_OPSET;
    nodes.push(
      createNode({
        opType: kind === 'mean' ? 'ReduceMean' : 'ReduceMax',
        name: output,
        inputs: isInput ? [name, integers(`${output}_axes`, axes)] : [name],
        outputs: [output],
        attributes: isInput ? [] : [createAttribute('axes', axes.map(BigInt))],
      }),
    );
    return output;
  };
  const negate = (name: string, { axes, view: { dims, isImage } }: SamplePlan): string => {
    const output = uniqueName(`${name}_negative`);
    const inputs = [name];
    const attributes: NodeProto['attributes'] = [];
    if (isImage) {
      const channelCount = dims[1] as number;
      const kernel = axes.map(() => 1);
      const signs = new Float32Array(channelCount).fill(-1);
      const weight = tensorFrom(uniqueName(`${output}_signs`), 'float32', [channelCount, 1, ...kernel], signs);
      initializers.push(weight);
      inputs.push(weight.name);
      attributes.push(
        createAttribute('group', BigInt(channelCount)),
        createAttribute('kernel_shape', kernel.map(BigInt)),
      );
    }
    nodes.push(createNode({ opType: isImage ? 'Conv' : 'Neg', name: output, inputs, outputs: [output], attributes }));
    return output;
  };
  const thin = (name: string, { view: { dims, isImage }, axes, step, summand }: SamplePlan): string => {
    if (step === 1 || axes.length === 0) return name;
    const output = uniqueName(`${name}_sample`);
    if (summand) {
      // Only the kept positions, once more.
      const strides = (intsAttribute(summand, 'strides') ?? axes.map(() => 1)).map((stride) => BigInt(stride * step));
      const attributes = summand.attributes.filter((attribute) => attribute.name !== 'strides');
      const thinned = { opType: 'Conv', name: output, inputs: [...summand.inputs], outputs: [output] };
      nodes.push(createNode({ ...thinned, attributes: [...attributes, createAttribute('strides', strides)] }));
      return output;
    }
    if (isImage) {
      const kernel = axes.map(() => 1n);
      const attributes = [
        createAttribute('kernel_shape', kernel),
        createAttribute(
          'strides',
          dims.slice(2).map(() => BigInt(step)),
        ),
      ];
      nodes.push(createNode({ opType: 'MaxPool', name: output, inputs: [name], outputs: [output], attributes }));
      return output;
    }
    const inputs = [
      name,
      integers(
        `${output}_starts`,
        axes.map(() => 0),
      ),
      integers(
        `${output}_ends`,
        axes.map((axis) => dims[axis] as number),
      ),
      integers(`${output}_axes`, axes),
      integers(
        `${output}_steps`,
        axes.map(() => step),
      ),
    ];
    nodes.push(createNode({ opType: 'Slice', name: output, inputs, outputs: [output] }));
    return output;
  };
  const outputs: Observed['outputs'] = new Map();
  for (const [name, plan] of plans) {
    const isSigned = !isNonNegative(name, index);
    const viewed = inView(name, plan);
    outputs.set(name, {
      values: wanted.values(plan, name) ? thin(viewed, plan) : null,
      mean: wanted.means(plan, name) ? reduce('mean', viewed, plan) : null,
      highest: wanted.highest(plan, name) ? reduce('highest', viewed, plan) : null,
      lowest: isSigned && wanted.lowest(plan, name) ? reduce('highest', negate(viewed, plan), plan) : null,
    });
  }
  const names = [...outputs.values()].flatMap(({ values, mean, highest, lowest }) =>
    [values, mean, highest, lowest].filter((name) => name !== null),
  );
  return { model: withOutputs(model, new Set(names), nodes, initializers), outputs };
}

function isNonNegative(name: string, index: GraphIndex): boolean {
  const producer = index.producerOf(name);
  switch (producer?.opType) {
    case 'Relu':
    case 'Sigmoid':
      return true;
    case 'Clip':
      return clipOf(producer, index)?.minimum === 0;
    case 'MaxPool':
    case 'AveragePool':
    case 'GlobalAveragePool':
      return isNonNegative(producer.inputs[0] ?? '', index);
    default:
      return false;
  }
}

function withOutputs(
  model: ModelProto,
  names: Iterable<string>,
  nodes: readonly NodeProto[],
  initializers: GraphProto['initializers'],
): ModelProto {
  const given = model.graph as GraphProto;
  const declared = new Map(given.outputs.map((output) => [output.name, output]));
  const graph = createMessage(graphSchema, {
    ...given,
    nodes: [...given.nodes, ...nodes],
    initializers: [...given.initializers, ...initializers],
    // ONNX Runtime finds out their types.
    outputs: [...names].map((name) => declared.get(name) ?? createMessage(valueInfoSchema, { name })),
  });
  removeUnused(graph);
  return createMessage(modelSchema, { ...model, graph });
}
