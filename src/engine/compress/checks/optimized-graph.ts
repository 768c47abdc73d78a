/** The graph that ONNX Runtime really runs on the CPU of this machine. */
import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { caseSettingsSchema } from '#shared/case.ts';
import type { ModelProto } from '../../onnx/ir.ts';
import { createSession } from '../../runtime/create-session.ts';
import { openFileMapped } from '../../runtime/open-file-mapped.ts';
import {
  LARGEST_OPTIMIZED_BYTES,
  optimizedGraphIn,
  readOptimizedGraphFile,
} from '../../runtime/optimized-graph-file.ts';

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
    const optimizedGraph = optimizedGraphIn(folder);
    const session = await openFileMapped(path, {
      provider: 'node:cpu',
      settings,
      leavesWeights: true,
      optimizedGraph,
    });
    await session.release();
    return await readOptimizedGraphFile(optimizedGraph.path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
