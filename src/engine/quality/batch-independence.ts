import { AppError } from '#shared/app-error.ts';
import type { GraphProto } from '../onnx/ir.ts';
import { loadModel } from '../onnx/load-model.ts';
import { takesBatches } from '../onnx/takes-batches.ts';
import { walkNodes } from '../onnx/walk-model.ts';
import { mixesItems } from './mixes-items.ts';

/**
 * Whether an item's outputs are the same alone and in a batch. With dynamic quantization they are not: its accuracy in
 * batches is not the one it has on single items, which is how it is used when latency counts.
 * @returns false as well for a model that takes single items only, and for a file that only ONNX Runtime can read
 */
export async function isBatchIndependent(path: string): Promise<boolean> {
  try {
    const { model } = await loadModel(path, { leavesWeights: true });
    const operators = Object.fromEntries([...walkNodes(model)].map(({ opType }) => [opType, 1]));
    return !mixesItems(operators) && takesBatches(model.graph as GraphProto);
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}
