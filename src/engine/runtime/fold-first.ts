import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import type { ModelProto } from '../onnx/ir.ts';
import { contentByteLength } from '../onnx/tensor-contents.ts';
import { walkNodes, walkTensors } from '../onnx/walk-model.ts';
import { createSession } from './create-session.ts';

/** Below, copies of the weights are little beside ONNX Runtime itself. */
const LEAST_BYTES = 16 * 2 ** 20;

/**
 * Has ONNX Runtime write a model with convolutions after all optimizations but those of the layout. To fold batch normalizations it copies
 * weights, to lay them out in blocks it copies them again, and the first copies stay until the model is loaded: from the folded file, whose
 * weights are mapped, it needs one copy only. Optimizations come in this order anyway, so the graph is the same in the end.
 * @param path of the model's file, beside which a folder is made
 * @returns the path of what was written, or the given one where nothing would be gained, or the model does not load
 */
export async function foldFirst(
  path: string,
  model: ModelProto,
  { folder, ...options }: Parameters<typeof createSession>[1] & { folder: string },
): Promise<string> {
  const { provider, settings } = options;
  if (provider !== 'node:cpu' || settings.graphOptimization !== 'all' || !hasLargeConvolutions(model)) return path;
  const inner = join(folder, 'folded');
  await mkdir(inner);
  const folded = join(inner, basename(path));
  try {
    const { session } = await createSession(path, {
      provider,
      settings: { ...settings, graphOptimization: 'extended' },
      leavesWeights: true,
      optimizedGraph: { path: folded, weightsFile: 'folded.bin' },
    });
    await session.release();
    return folded;
  } catch (error) {
    // Loading it as it is says why.
    if (error instanceof AppError) return path;
    throw error;
  }
}

function hasLargeConvolutions(model: ModelProto): boolean {
  if (![...walkNodes(model)].some(({ opType }) => opType === 'Conv')) return false;
  return [...walkTensors(model)].reduce((sum, tensor) => sum + contentByteLength(tensor), 0) >= LEAST_BYTES;
}
