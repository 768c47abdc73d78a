import { caseSettingsSchema } from '#shared/case.ts';
import type { EngineProgress, InputSource } from '#shared/engine-protocol.ts';
import type { Fidelity } from '#shared/model.ts';
import type { ProviderId } from '#shared/provider.ts';
import { evaluateQuality } from './evaluate-quality.ts';

/**
 * How far a candidate's outputs are from those of its reference, on every item of the inputs (32 drawn ones when generated).
 * Errors: those of loading and running; `invalid-model` when the candidate gives NaN or infinite values, or other shapes.
 */
export async function measureFidelity(options: {
  referencePath: string;
  candidatePath: string;
  inputs: InputSource;
  provider: ProviderId;
  onProgress?: (progress: EngineProgress) => void;
}): Promise<Fidelity> {
  const { referencePath, candidatePath, inputs, provider, onProgress = () => {} } = options;
  const settings = caseSettingsSchema.parse({});
  const params = { path: candidatePath, referencePath, provider, settings, inputs };
  const { fidelity } = await evaluateQuality(params, onProgress);
  if (fidelity === null) throw new Error('An evaluation with a reference gives a fidelity.');
  return fidelity;
}
