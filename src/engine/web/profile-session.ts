import { AppError } from '#shared/app-error.ts';
import type { Placement } from '#shared/run.ts';
import type { WebModel } from '#shared/web-engine-protocol.ts';
import { openSession } from './open-session.ts';
import { readPlacement } from './read-placement.ts';
import type { WebRuntime } from './start-runtime.ts';

/**
 * Makes a second session that tells where it places the nodes; nothing is run.
 * Errors: those of loading; `unsupported` for WebGL, whose runtime has one provider and counts no nodes.
 */
export async function profileSession(runtime: WebRuntime, model: WebModel): Promise<Placement[]> {
  if (!runtime.provider.isNative) {
    throw new AppError('unsupported', 'the runtime of WebGL runs all nodes there, and does not count them.');
  }
  const lines: string[] = [];
  // ONNX Runtime's log goes to the console; which of its methods depends on the severity.
  const methods = ['log', 'info', 'warn', 'error', 'debug'] as const;
  const originals = methods.map((method) => [method, console[method]] as const);
  for (const method of methods) console[method] = (...words: unknown[]) => void lines.push(words.join(' '));
  try {
    const { session } = await openSession(runtime, model, { isVerbose: true });
    await session.release();
  } finally {
    for (const [method, original] of originals) console[method] = original;
  }
  return readPlacement(lines.join('\n'));
}
