import { caseSettingsSchema } from '#shared/case.ts';
import { createSession } from './create-session.ts';

/**
 * Loads the file on the CPU: ONNX Runtime checks its structure, its types and that it knows every operator. Nothing runs, so weights
 * stay where they are.
 * Errors: `invalid-model`, `unsupported`, `not-found`, `out-of-memory`, each a sentence.
 */
export async function checkModel(path: string): Promise<{ loadMs: number }> {
  const { session, loadMs } = await createSession(path, {
    provider: 'node:cpu',
    settings: caseSettingsSchema.parse({}),
    leavesWeights: true,
  });
  await session.release();
  return { loadMs };
}
