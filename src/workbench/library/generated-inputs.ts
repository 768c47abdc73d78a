import { resolve } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { caseSettingsSchema } from '#shared/case.ts';
import type { GeneratedInputs } from '#shared/input-forecast.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';

/** What would be generated for a file with the default settings. Errors: those of reading it. */
export async function generatedInputsOf(
  engines: EngineHost,
  path: string,
  signal?: AbortSignal,
): Promise<GeneratedInputs> {
  const params = {
    path: resolve(path),
    settings: caseSettingsSchema.parse({}),
    inputs: { kind: 'generated', seed: 0 },
  } as const;
  try {
    return { ...(await engines.call('inputs.foresee', params, { signal })), refusal: null };
  } catch (error) {
    if (error instanceof AppError && error.kind === 'unsupported') return { inputs: [], refusal: error.message };
    throw error;
  }
}
