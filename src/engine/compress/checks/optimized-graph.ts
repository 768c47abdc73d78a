/** The graph that ONNX Runtime really runs on the CPU of this machine. */
import { randomUUID } from 'node:crypto';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { caseSettingsSchema } from '#shared/case.ts';
import type { ModelProto } from '../../onnx/ir.ts';
import { loadModel } from '../../onnx/load-model.ts';
import { createSession } from '../../runtime/create-session.ts';

const GRAPH_FILE = 'optimized.onnx';
const WEIGHTS_FILE = 'optimized.bin';
/** Writing the optimized weights of larger models costs more time and disk than the answer is worth. */
export const LARGEST_OPTIMIZED_BYTES = 1024 ** 3;

/**
 * Loads the model on the CPU with the settings that a measurement has by default, and reads what ONNX Runtime made of it. Weights go
 * to a file beside it, of which nothing is read.
 * @param about.folder where the files may lie while they are read
 * @returns null for models that are too large for it, which are loaded all the same
 * Errors: those of loading.
 */
export async function readOptimizedGraph(
  path: string,
  about: { folder: string; sizeBytes: number },
): Promise<ModelProto | null> {
  const settings = caseSettingsSchema.parse({});
  if (about.sizeBytes > LARGEST_OPTIMIZED_BYTES) {
    const { session } = await createSession(path, { provider: 'node:cpu', settings, leavesWeights: true });
    await session.release();
    return null;
  }
  const folder = join(about.folder, `optimized-${randomUUID()}`);
  await mkdir(folder, { recursive: true });
  try {
    const graphPath = join(folder, GRAPH_FILE);
    const { session } = await createSession(path, {
      provider: 'node:cpu',
      settings,
      leavesWeights: true,
      optimizedGraph: { path: graphPath, weightsFile: WEIGHTS_FILE },
    });
    await session.release();
    return await readGraph(graphPath);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Null where nothing readable was written: ONNX Runtime loads the model all the same. */
async function readGraph(path: string): Promise<ModelProto | null> {
  try {
    await stat(path);
    return (await loadModel(path)).model;
  } catch (error) {
    if (error instanceof AppError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
