/** Whatever failed, as a kind and a sentence, and what kinds are called. */
import { type AppErrorKind, AppError, type ErrorData, errorDataSchema } from '#shared/app-error.ts';

export function explainError(error: unknown): ErrorData {
  if (error instanceof AppError) return { kind: error.kind, message: error.message };
  const whole = errorDataSchema.safeParse(error);
  if (whole.success) return whole.data;
  // What the contract throws carries its data.
  if (typeof error === 'object' && error !== null && 'data' in error) {
    const carried = errorDataSchema.safeParse(error.data);
    if (carried.success) return carried.data;
  }
  if (error instanceof Error && error.message !== '') return { kind: 'internal', message: error.message };
  return { kind: 'internal', message: 'Something went wrong, and nothing says what.' };
}

const titles: Record<AppErrorKind, string> = {
  'wrong-usage': 'That cannot be done this way',
  'invalid-input': 'That is not valid',
  'invalid-model': 'This file is not a usable model',
  'not-found': 'It is not there',
  conflict: 'That is not possible now',
  unsupported: 'That is not supported',
  'provider-failed': 'The provider failed',
  'parity-failed': 'The provider computes something else',
  'out-of-memory': 'There was not enough memory',
  'engine-crashed': 'The engine process died',
  'engine-timeout': 'The engine process did not answer',
  cancelled: 'Cancelled',
  'newer-database': 'The database is newer than this Whittle',
  'input-output': 'It could not be read or written',
  internal: 'Something went wrong',
};

export function errorTitle(kind: AppErrorKind): string {
  return titles[kind];
}
