/** Models of a few nodes, and what ONNX Runtime makes of them. */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { writeModel } from '../../src/engine/onnx/write-model.ts';
import { ropeParts } from '../../src/engine/onnx/wire.ts';
import { tensorFrom } from '../../src/engine/onnx/tensor-contents.ts';
import { generateValues } from '../../src/engine/runtime/generate-values.ts';
import { loadOnnxRuntime } from '../../src/engine/runtime/onnxruntime.ts';
import { createRandom } from '../../src/shared/statistics/random.ts';

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

/** Of a graph as it is. */
export function modelAround(part: Partial<GraphProto>, opset = 17): ModelProto {
  return createMessage(modelSchema, {
    irVersion: 8,
    graph: graphOf(part),
    opsetImports: [{ domain: '', version: opset }],
  });
}

/** Bell-shaped around zero, the same for the same seed. */
export function randomFloats(count: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: count }, () => random() + random() + random() - 1.5);
}

export const randomWeight = (name: string, dims: number[], seed: number) =>
  tensorFrom(
    name,
    'float32',
    dims,
    randomFloats(
      dims.reduce((product, size) => product * size, 1),
      seed,
    ),
  );

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

export type Feed = { dims: number[]; values: Float32Array | BigInt64Array | Int32Array | Uint8Array | boolean[] };

/** Runs it on the CPU on these inputs, by way of a file, as large weights and those of other files need it. @returns the outputs by name */
export async function runOnFeeds(model: ModelProto, feeds: Record<string, Feed>): Promise<Record<string, number[]>> {
  const ort = await loadOnnxRuntime();
  const path = join(tmpdir(), `whittle-test-${randomUUID()}.onnx`);
  try {
    await writeModel(model, path);
    const session = await ort.InferenceSession.create(path, { logSeverityLevel: 4, intraOpNumThreads: 1 });
    const tensors = Object.entries(feeds).map(
      ([name, { dims, values }]) => [name, tensorOf(ort, values, dims)] as const,
    );
    const results = await session.run(Object.fromEntries(tensors));
    const outputs = Object.entries(results).map(([name, { data }]) => [name, Array.from(data as Float32Array, Number)]);
    await session.release();
    return Object.fromEntries(outputs) as Record<string, number[]>;
  } finally {
    rmSync(path, { force: true });
  }
}

function tensorOf(ort: Awaited<ReturnType<typeof loadOnnxRuntime>>, values: Feed['values'], dims: number[]) {
  if (Array.isArray(values)) return new ort.Tensor('bool', values, dims);
  if (values instanceof Float32Array) return new ort.Tensor('float32', values, dims);
  if (values instanceof BigInt64Array) return new ort.Tensor('int64', values, dims);
  if (values instanceof Int32Array) return new ort.Tensor('int32', values, dims);
  return new ort.Tensor('uint8', values, dims);
}
