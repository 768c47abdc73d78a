/** A second session of the same case, with ONNX Runtime's profiler on. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import type { CaseSettings } from '#shared/case.ts';
import type { ProviderId } from '#shared/provider.ts';
import type { OperatorProfile } from '#shared/operator-profile.ts';
import type { Placement } from '#shared/run.ts';
import { loadModel } from '../onnx/load-model.ts';
import { createSession } from '../runtime/create-session.ts';
import { LARGEST_OPTIMIZED_BYTES, optimizedGraphIn, readOptimizedGraphFile } from '../runtime/optimized-graph-file.ts';
import type { Feeds } from '../runtime/make-feeds.ts';
import { explainRunError } from '../runtime/runtime-error.ts';
import { withGraph } from './executed-graph.ts';
import { parseOperators } from './parse-operators.ts';
import { parseProfile } from './parse-profile.ts';

const PROFILE_NAME = 'profile';

/**
 * @param options.runCount profiled runs that count; one more comes before them
 * @param options.sizeBytes of the model, weights outside of the file included: of large ones the executed graph is not read
 * Errors: those of loading and running; `provider-failed` when there is no readable profile. The profile is removed.
 */
export async function profileCase(options: {
  path: string;
  provider: ProviderId;
  settings: CaseSettings;
  feeds: Feeds;
  runCount: number;
  sizeBytes: number;
}): Promise<{ placement: Placement[]; operators: OperatorProfile }> {
  const { path, provider, settings, feeds, runCount, sizeBytes } = options;
  const folder = await mkdtemp(join(tmpdir(), 'whittle-profile-'));
  try {
    const profilePrefix = join(folder, PROFILE_NAME);
    const optimizedGraph = optimizedGraphIn(folder);
    const open = (more: { optimizedGraph?: typeof optimizedGraph }) =>
      createSession(path, { provider, settings, profilePrefix, ...more });
    // A graph that holds compiled nodes cannot be written, nor one for which there is no room, and then the session fails.
    const isWritten = provider === 'node:cpu' && sizeBytes <= LARGEST_OPTIMIZED_BYTES;
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
    return { placement: parseProfile(text), operators: withGraph(operators, { executed, source }) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
