import { AppError } from '#shared/app-error.ts';
import { describeModel } from '../onnx/inspect-model.ts';
import { mixesItems } from './mixes-items.ts';

/**
 * Whether an item's outputs are the same alone and in a batch. With dynamic quantization they are not: its accuracy in
 * batches is not the one it has on single items, which is how it is used when latency counts.
 * @returns false as well for a file that only ONNX Runtime can read
 */
export async function isBatchIndependent(path: string): Promise<boolean> {
  try {
    const { operators } = await describeModel(path);
    return !mixesItems(operators);
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}
