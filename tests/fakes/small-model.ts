/** Models of a few nodes, made and run without a file. */
import { type ElementType, ELEMENT_TYPES } from '../../src/engine/onnx/element-types.ts';
import {
  type AttributeProto,
  ATTRIBUTE_TYPES,
  attributeSchema,
  createAttribute,
  createNode,
  dimensionSchema,
  type GraphProto,
  graphSchema,
  type ModelProto,
  modelSchema,
  type NodeProto,
  opsetImportSchema,
  shapeSchema,
  tensorTypeSchema,
  type TensorProto,
  typeSchema,
  type ValueInfoProto,
  valueInfoSchema,
} from '../../src/engine/onnx/ir.ts';
import { createMessage, encodeMessage } from '../../src/engine/onnx/message.ts';
import { ropeParts } from '../../src/engine/onnx/wire.ts';
import { generateValues } from '../../src/engine/runtime/generate-values.ts';
import { loadOnnxRuntime } from '../../src/engine/runtime/onnxruntime.ts';

type Shape = readonly (number | string)[];
type AttributeValue = Parameters<typeof createAttribute>[1] | GraphProto;

/** Whole numbers are ints, others have to be given as attributes. */
export function nodeOf(
  opType: string,
  inputs: string[],
  outputs: string[],
  attributes: Record<string, AttributeValue> = {},
  more: Partial<NodeProto> = {},
): NodeProto {
  return createNode({
    opType,
    name: `${opType}_${outputs[0]}`,
    inputs,
    outputs,
    attributes: Object.entries(attributes).map(([name, value]) => attributeOf(name, value)),
    ...more,
  });
}

function attributeOf(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === 'object' && 'nodes' in value) {
    return createMessage(attributeSchema, { name, type: ATTRIBUTE_TYPES.graph, graph: value });
  }
  return createAttribute(name, value);
}

export function valueOf(name: string, type?: ElementType, shape?: Shape): ValueInfoProto {
  if (type === undefined) return createMessage(valueInfoSchema, { name });
  const dimensions = (shape ?? []).map((size) =>
    createMessage(dimensionSchema, typeof size === 'number' ? { value: size } : { parameter: size }),
  );
  const tensor = createMessage(tensorTypeSchema, {
    elementType: ELEMENT_TYPES[type].code,
    ...(shape && { shape: createMessage(shapeSchema, { dimensions }) }),
  });
  return createMessage(valueInfoSchema, { name, type: createMessage(typeSchema, { tensor }) });
}

export function graphOf(part: Partial<GraphProto>): GraphProto {
  return createMessage(graphSchema, { name: 'small', ...part });
}

export function modelOf(
  opset: number,
  part: {
    inputs?: Record<string, readonly [ElementType, Shape]>;
    outputs: readonly string[];
    nodes: NodeProto[];
    weights?: TensorProto[];
  },
  more: Partial<ModelProto> = {},
): ModelProto {
  const graph = graphOf({
    inputs: Object.entries(part.inputs ?? {}).map(([name, [type, shape]]) => valueOf(name, type, shape)),
    // ONNX Runtime finds their types by itself.
    outputs: part.outputs.map((name) => valueOf(name)),
    nodes: part.nodes,
    initializers: part.weights ?? [],
  });
  return createMessage(modelSchema, {
    irVersion: 8,
    graph,
    opsetImports: [createMessage(opsetImportSchema, { domain: '', version: opset })],
    ...more,
  });
}

/**
 * Runs it on the CPU on generated inputs; open dimensions of inputs without a given shape are taken as 2.
 * @returns the outputs in order: type, shape and the bytes of the elements
 */
export async function runModel(
  model: ModelProto,
  options: { seed?: number; shapes?: Record<string, readonly number[]> } = {},
): Promise<{ type: string; dims: readonly number[]; bytes: Uint8Array }[]> {
  const ort = await loadOnnxRuntime();
  const bytes = Buffer.concat(
    ropeParts(encodeMessage(modelSchema, model)).map((part) => (part instanceof Uint8Array ? part : part.read())),
  );
  const session = await ort.InferenceSession.create(bytes);
  const feeds = Object.fromEntries(
    session.inputMetadata.map((input) => {
      if (!input.isTensor) throw new Error(`${input.name} is no tensor.`);
      const shape = options.shapes?.[input.name] ?? input.shape.map((size) => (typeof size === 'number' ? size : 2));
      const values = generateValues({ name: input.name, dtype: input.type, shape: [...shape] }, options.seed ?? 1);
      const tensor = new ort.Tensor(input.type, arrayOf(input.type, values) as never, shape);
      return [input.name, tensor];
    }),
  );
  const results = await session.run(feeds);
  await session.release();
  return session.outputNames.map((name) => {
    const { type, dims, data } = results[name] as { type: string; dims: readonly number[]; data: ArrayBufferView };
    return { type, dims, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  });
}

function arrayOf(type: string, bytes: Uint8Array): ArrayBufferView {
  const arrays: Record<string, new (buffer: ArrayBuffer) => ArrayBufferView> = {
    float32: Float32Array,
    float64: Float64Array,
    float16: Uint16Array,
    int64: BigInt64Array,
    int32: Int32Array,
    uint8: Uint8Array,
    int8: Int8Array,
    bool: Uint8Array,
  };
  const Elements = arrays[type];
  if (!Elements) throw new Error(`There is no array for ${type}.`);
  return new Elements(bytes.slice().buffer);
}
