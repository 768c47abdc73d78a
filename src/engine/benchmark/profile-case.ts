/** A second session of the same case, with ONNX Runtime's profiler on. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import type { CaseSettings } from '#shared/case.ts';
import type { EngineTensor } from '#shared/engine-protocol.ts';
import type { ProviderId } from '#shared/provider.ts';
import type { OperatorProfile } from '#shared/operator-profile.ts';
import { PRODUCT_OPERATOR } from '#shared/text/speed-words.ts';
import type { Placement } from '#shared/run.ts';
import { loadModel } from '../onnx/load-model.ts';
import { createSession } from '../runtime/create-session.ts';
import { makeTemporaryFolder } from '../runtime/make-temporary-folder.ts';
import { LARGEST_OPTIMIZED_BYTES, optimizedGraphIn, readOptimizedGraphFile } from '../runtime/optimized-graph-file.ts';
import { feedsOfArrays } from '../runtime/make-feeds.ts';
import { loadOnnxRuntime } from '../runtime/onnxruntime.ts';
import { explainRunError } from '../runtime/runtime-error.ts';
import { withGraph } from './executed-graph.ts';
import { fitsIntoCache, measureBandwidth } from './measure-bandwidth.ts';
import { parseOperators } from './parse-operators.ts';
import { parseProfile } from './parse-profile.ts';

const PROFILE_NAME = 'profile';

/**
 * @param options.runCount profiled runs that count; one more comes before them
 * @param options.sizeBytes of the model, weights outside of the file included: of large ones the executed graph is not read
 * @param options.lastLevelCacheBytes null where not known; what memory gives is measured where weights of products do not fit into it
 * Errors: those of loading and running; `provider-failed` when there is no readable profile. The profile is removed.
 */
export async function profileCase(options: {
  path: string;
  provider: ProviderId;
  settings: CaseSettings;
  arrays: Record<string, EngineTensor>;
  runCount: number;
  sizeBytes: number;
  lastLevelCacheBytes: number | null;
}): Promise<{ placement: Placement[]; operators: OperatorProfile }> {
  const { path, provider, settings, arrays, runCount, sizeBytes, lastLevelCacheBytes } = options;
  const folder = await makeTemporaryFolder('whittle-profile-');
  try {
    const profilePrefix = join(folder, PROFILE_NAME);
    const optimizedGraph = optimizedGraphIn(folder);
    const open = (more: { optimizedGraph?: typeof optimizedGraph }) =>
      createSession(path, { provider, settings, profilePrefix, ...more });
    // A graph that holds compiled nodes cannot be written, nor one for which there is no room, and then the session fails.
    const isWritten = provider === 'node:cpu' && sizeBytes <= LARGEST_OPTIMIZED_BYTES;
    const feeds = feedsOfArrays(await loadOnnxRuntime(), arrays);
    const { session } = await (isWritten ? open({ optimizedGraph }).catch(() => open({})) : open({}));
    try {
      for (let run = 0; run <= runCount; run += 1) await session.run(feeds);
    } catch (error) {
      throw explainRunError(error, provider);
    } finally {
      session.endProfiling();
      await session.release();
    }
    // A session that failed may have left one before it.
    const name = (await readdir(folder))
      .filter((file) => file.startsWith(PROFILE_NAME))
      .toSorted()
      .at(-1);
    if (name === undefined) throw new AppError('provider-failed', 'ONNX Runtime wrote no profile.');
    const text = await readFile(join(folder, name), 'utf8');
    const operators = parseOperators(text);
    const executed = isWritten ? await readOptimizedGraphFile(optimizedGraph.path) : null;
    if (executed === null) return { placement: parseProfile(text), operators };
    const { model: source } = await loadModel(path);
    const known = withGraph(operators, { executed, source });
    const memoryBytesPerSecond = fitsIntoCache(bytesOfProducts(known), lastLevelCacheBytes)
      ? null
      : await measureBandwidth({ folder, settings, lastLevelCacheBytes });
    const more = memoryBytesPerSecond === null ? {} : { memoryBytesPerSecond };
    return { placement: parseProfile(text), operators: { ...known, ...more } };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of other weights, such as embeddings, a run may read a part only. */
function bytesOfProducts({ nodes }: OperatorProfile): number {
  return nodes
    .filter(({ operator }) => PRODUCT_OPERATOR.test(operator))
    .reduce((sum, { weightBytes = 0 }) => sum + weightBytes, 0);
}
