/** The two ways into ONNX Runtime that runs are timed through. */
import type { CaseSettings } from '#shared/case.ts';
import type { ProviderId } from '#shared/provider.ts';
import type { RunWarning } from '#shared/run.ts';
import { NO_C_INTERFACE, type RuntimeInterface } from '#shared/runtime-interface.ts';
import type { TimedSession } from './timed-session.ts';

export type OpenInterface = {
  runtimeInterface: RuntimeInterface;
  /** Errors: those of `createSession`. */
  createSession: (
    path: string,
    options: { provider: ProviderId; settings: CaseSettings },
  ) => Promise<{ session: TimedSession; loadMs: number }>;
  warnings: RunWarning[];
};

/**
 * ONNX Runtime is loaded then, through one interface only: what the other would bring is not in the memory that is measured.
 * @param wanted `c` is asked of `node:cpu` only; it becomes `javascript` on Windows, for which the addon is not written, and, with a
 *   warning, where the addon was not built
 * @param programPath of the engine
 * Errors: whatever the dynamic linker says when the library is missing for this platform.
 */
export async function openInterface(wanted: RuntimeInterface, programPath: string): Promise<OpenInterface> {
  // Of what nobody can change here, runs need no warning: they say which way they went.
  if (wanted === 'javascript' || process.platform === 'win32') return throughJavaScript([]);
  const { openC } = await import('./through-c.ts');
  const opened = openC(programPath);
  if (!('obstacle' in opened)) return opened;
  return throughJavaScript([{ kind: NO_C_INTERFACE, message: opened.obstacle }]);
}

async function throughJavaScript(warnings: RunWarning[]): Promise<OpenInterface> {
  const { openJavaScript } = await import('./through-javascript.ts');
  return { ...(await openJavaScript()), warnings };
}
