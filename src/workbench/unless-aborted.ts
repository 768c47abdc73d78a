import { AppError } from '#shared/app-error.ts';

/**
 * As `work` settles, or `cancelled` as soon as the signal aborts. `work` then goes on by itself, and its end is nobody's concern:
 * for what cannot be stopped, or is shared with others who still wait for it.
 */
export async function unlessAborted<Value>(
  work: Value | PromiseLike<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  if (signal === undefined) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const cancel = (): void => reject(cancelledError());
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** Errors: `cancelled`. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelledError();
}

function cancelledError(): AppError {
  return new AppError('cancelled', 'Cancelled. Nothing was started.');
}
