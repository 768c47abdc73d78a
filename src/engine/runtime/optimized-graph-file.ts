/** The file that ONNX Runtime writes the graph to that it really runs. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import type { ModelProto } from '../onnx/ir.ts';
import { loadModel } from '../onnx/load-model.ts';

/** Writing the optimized weights of larger models costs more time and disk than the answer is worth. */
export const LARGEST_OPTIMIZED_BYTES = 1024 ** 3;

/** For `createSession`: weights go to a file beside the graph, of which nothing is read. */
export function optimizedGraphIn(folder: string): { path: string; weightsFile: string } {
  return { path: join(folder, 'optimized.onnx'), weightsFile: 'optimized.bin' };
}

/** Null where nothing readable was written: ONNX Runtime loads the model all the same. */
export async function readOptimizedGraphFile(path: string): Promise<ModelProto | null> {
  try {
    await stat(path);
    return (await loadModel(path)).model;
  } catch (error) {
    if (error instanceof AppError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
