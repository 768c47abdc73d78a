import { AppError } from '#shared/app-error.ts';
import { inferShapes } from '../onnx/infer-shapes.ts';
import type { GraphProto } from '../onnx/ir.ts';
import { loadModel } from '../onnx/load-model.ts';
import { takesBatches } from '../onnx/takes-batches.ts';
import { walkNodes } from '../onnx/walk-model.ts';
import { mixesItems } from './mixes-items.ts';
import { CHUNK_SIZE } from './open-items-with.ts';

/** Of the largest tensor of a run; about three of that size are there at a time. */
const LARGEST_TENSOR_BYTES = 8 * 2 ** 20;

/**
 * How many items a model with an open batch should be run on at once: as many as keep activations small beside a large model.
 * With dynamic quantization it is one, because an item's outputs depend on the others there: its accuracy in batches is not the one it has
 * on single items, which is how it is used when latency counts.
 * @param inputs their shapes for one item, as far as they are known beyond what the file says
 * @returns 1 as well for a model that takes single items only, and for a file that only ONNX Runtime can read
 */
export async function chooseBatchSize(path: string, inputs: ReadonlyMap<string, readonly number[]>): Promise<number> {
  try {
    const { model } = await loadModel(path, { leavesWeights: true });
    const graph = model.graph as GraphProto;
    const operators = Object.fromEntries([...walkNodes(model)].map(({ opType }) => [opType, 1]));
    if (mixesItems(operators) || !takesBatches(graph)) return 1;
    const fitting = Math.floor(LARGEST_TENSOR_BYTES / largestActivationBytes(graph, inputs));
    return Math.max(1, Math.min(CHUNK_SIZE, fitting));
  } catch (error) {
    if (error instanceof AppError) return 1;
    throw error;
  }
}

/** For one item, elements of four bytes; of tensors whose shapes the rules of the operators tell. */
function largestActivationBytes(graph: GraphProto, inputs: ReadonlyMap<string, readonly number[]>): number {
  const weights = new Set(graph.initializers.map(({ name }) => name));
  let largest = 0;
  for (const [name, { dims }] of inferShapes(graph, { batchSize: 1, inputs })) {
    if (weights.has(name) || !dims) continue;
    largest = Math.max(
      largest,
      dims.reduce<number>((total, size) => total * (size ?? 1), 1),
    );
  }
  return Math.max(1, largest) * Float32Array.BYTES_PER_ELEMENT;
}
