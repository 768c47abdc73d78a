/** A second session of the same case, with ONNX Runtime's profiler on. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import type { CaseSettings } from '#shared/case.ts';
import type { ProviderId } from '#shared/provider.ts';
import type { OperatorProfile } from '#shared/operator-profile.ts';
import type { Placement } from '#shared/run.ts';
import { createSession } from '../runtime/create-session.ts';
import type { Feeds } from '../runtime/make-feeds.ts';
import { explainRunError } from '../runtime/runtime-error.ts';
import { parseOperators } from './parse-operators.ts';
import { parseProfile } from './parse-profile.ts';

/**
 * @param options.runCount profiled runs that count; one more comes before them
 * Errors: those of loading and running; `provider-failed` when there is no readable profile. The profile is removed.
 */
export async function profileCase(options: {
  path: string;
  provider: ProviderId;
  settings: CaseSettings;
  feeds: Feeds;
  runCount: number;
}): Promise<{ placement: Placement[]; operators: OperatorProfile }> {
  const { path, provider, settings, feeds, runCount } = options;
  const folder = await mkdtemp(join(tmpdir(), 'whittle-profile-'));
  try {
    const { session } = await createSession(path, {
      provider,
      settings,
      profilePrefix: join(folder, 'profile'),
    });
    try {
      for (let run = 0; run <= runCount; run += 1) await session.run(feeds);
    } catch (error) {
      throw explainRunError(error, provider);
    } finally {
      session.endProfiling();
      await session.release();
    }
    const [name] = await readdir(folder);
    if (name === undefined) throw new AppError('provider-failed', 'ONNX Runtime wrote no profile.');
    const text = await readFile(join(folder, name), 'utf8');
    return { placement: parseProfile(text), operators: parseOperators(text) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
