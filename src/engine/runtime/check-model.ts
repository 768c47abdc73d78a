import { caseSettingsSchema } from '#shared/case.ts';
import { createSession } from './create-session.ts';

/**
 * Loads the file on the CPU: ONNX Runtime checks its structure, its types and that it knows every operator.
 * Errors: `invalid-model`, `unsupported`, `not-found`, `out-of-memory`, each a sentence.
 */
export async function checkModel(path: string): Promise<{ loadMs: number }> {
  const { session, loadMs } = await createSession(path, {
    provider: 'node:cpu',
    settings: caseSettingsSchema.parse({}),
  });
  await session.release();
  return { loadMs };
}
