import { AppError } from '#shared/app-error.ts';
import { loadModel } from '../onnx/load-model.ts';
import { weightFileBytes } from '../onnx/weight-file-bytes.ts';

/** From here on a second copy of the weights, laid out for the kernels, is what memory runs out by. */
const LARGE_BYTES = 10 ** 9;

/**
 * Whether a model that is only compared with should be run from its mapped files.
 * @returns false as well for a file that only ONNX Runtime can read
 */
export async function leavesWeights(path: string): Promise<boolean> {
  try {
    return (await weightFileBytes(await loadModel(path, { leavesWeights: true }))) >= LARGE_BYTES;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}
