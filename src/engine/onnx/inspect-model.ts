/** What a model file says of itself. Runs nothing. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ModelInspection, TensorInfo } from '#shared/model.ts';
import { countMacs } from './count-macs.ts';
import { elementTypeName } from './element-types.ts';
import type { GraphProto, ModelProto, TensorProto, TypeProto, ValueInfoProto } from './ir.ts';
import { indexTables } from './index-tables.ts';
import { macsPerDepthwiseOutput } from './macs-per-depthwise-output.ts';
import { type LoadedModel, loadModel } from './load-model.ts';
import { elementCount } from './element-count.ts';
import { contentByteLength } from './tensor-contents.ts';
import { weightFileBytes } from './weight-file-bytes.ts';
import { walkGraphs, walkNodes } from './walk-model.ts';

const PIECE_BYTES = 2 ** 20;

/** Errors: those of `loadModel`. */
export async function inspectModel(path: string): Promise<ModelInspection> {
  const loaded = await loadModel(path, { leavesWeights: true });
  return { ...(await describe(loaded)), ...(await identify(loaded)) };
}

/** All but the hash, for which every byte of the weights has to be read. Errors: those of `loadModel`. */
export async function describeModel(path: string): Promise<Omit<ModelInspection, 'sha256'>> {
  return describe(await loadModel(path, { leavesWeights: true }));
}

async function describe(loaded: LoadedModel): Promise<Omit<ModelInspection, 'sha256'>> {
  const { model, byteLength, externalDataFiles } = loaded;
  const graph = model.graph as GraphProto;
  const weights = listWeights(model);
  const initialized = new Set(graph.initializers.map(({ name }) => name));
  const operators = countOperators(model);
  const tables = indexTables(model);
  return {
    irVersion: model.irVersion,
    producer: [model.producerName, model.producerVersion].filter((text) => text !== '').join(' ') || null,
    graphName: graph.name || null,
    opsets: Object.fromEntries(model.opsetImports.map(({ domain, version }) => [domain || 'ai.onnx', version])),
    // Before IR version 4 weights were inputs too.
    inputs: graph.inputs
      .filter(({ name }) => !initialized.has(name))
      .map((input) => {
        const table = tables.get(input.name);
        return { ...describeValue(input), ...(table ? { table } : {}) };
      }),
    outputs: graph.outputs.map(describeValue),
    operators,
    nodeCount: Object.values(operators).reduce((sum, count) => sum + count, 0),
    parameterCount: weights.reduce((sum, tensor) => sum + elementCount(tensor), 0),
    macs: countMacs(graph),
    macsPerDepthwiseOutput: macsPerDepthwiseOutput(graph),
    bytesByDtype: sumBytes(weights),
    externalDataFiles,
    metadata: Object.fromEntries(model.metadata.map(({ key, value }) => [key, value])),
    sizeBytes: byteLength + (await weightFileBytes(loaded)),
  };
}

/** SHA-256 of the file's bytes followed by those of its external data files in the order of first use. */
async function identify({ path, externalDataFiles }: LoadedModel): Promise<{ sha256: string }> {
  const hash = createHash('sha256');
  for (const file of [path, ...externalDataFiles.map((name) => join(dirname(path), name))]) {
    for await (const piece of readPieces(file)) hash.update(piece);
  }
  return { sha256: hash.digest('hex') };
}

/** One buffer for all: a stream's own are left to the garbage collector, by the hundred megabytes. */
async function* readPieces(path: string): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  const file = await open(path, 'r');
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Initializers of all graphs; and constants of a size that only weights have, which some exporters write as nodes. */
function listWeights(model: ModelProto): TensorProto[] {
  const tensors = [...walkGraphs(model)].flatMap((graph) => [
    ...graph.initializers,
    ...graph.sparseInitializers.flatMap(({ values }) => (values ? [values] : [])),
  ]);
  for (const node of walkNodes(model)) {
    const value = node.opType === 'Constant' ? node.attributes.find(({ name }) => name === 'value')?.tensor : undefined;
    if (value) tensors.push(value);
  }
  return tensors;
}

function countOperators(model: ModelProto): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { domain, opType } of walkNodes(model)) {
    const name = domain === '' || domain === 'ai.onnx' ? opType : `${domain}::${opType}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

function sumBytes(tensors: readonly TensorProto[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const tensor of tensors) {
    const dtype = elementTypeName(tensor.dataType);
    sums[dtype] = (sums[dtype] ?? 0) + contentByteLength(tensor);
  }
  return sums;
}

function describeValue({ name, type }: ValueInfoProto): TensorInfo {
  const dimensions = type?.tensor?.shape?.dimensions;
  return {
    name,
    dtype: describeType(type),
    shape: dimensions?.map(({ value, parameter }) => value ?? (parameter || null)) ?? null,
  };
}

function describeType(type: TypeProto | undefined): string {
  if (type?.tensor) return elementTypeName(type.tensor.elementType);
  if (type?.sparseTensor) return `sparse(${elementTypeName(type.sparseTensor.elementType)})`;
  if (type?.sequence) return `sequence(${describeType(type.sequence.element)})`;
  if (type?.map) return `map(${elementTypeName(type.map.keyType)}, ${describeType(type.map.value)})`;
  if (type?.optional) return `optional(${describeType(type.optional.element)})`;
  return 'unknown';
}
