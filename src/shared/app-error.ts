/** Errors that can be expected. Anything else that is thrown is a bug. Kinds cross processes as data. */
import { z } from 'zod';
import { explainSystemError } from './system-error.ts';

export const appErrorKindSchema = z.enum([
  'wrong-usage',
  'invalid-input',
  'invalid-model',
  'not-found',
  'conflict',
  'unsupported',
  'provider-failed',
  'parity-failed',
  'out-of-memory',
  'engine-crashed',
  'engine-timeout',
  'cancelled',
  'newer-database',
  'input-output',
  'internal',
]);
export type AppErrorKind = z.infer<typeof appErrorKindSchema>;

/** `{ kind, message }`: how an error is stored, sent between processes and printed. */
export const errorDataSchema = z.object({ kind: appErrorKindSchema, message: z.string() });
export type ErrorData = z.infer<typeof errorDataSchema>;

/** An expected failure. The message is a full sentence that names the value and the way out. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly kind: AppErrorKind;

  constructor(kind: AppErrorKind, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.kind = kind;
  }
}

/** Turns anything thrown into data; what the system refused is `input-output`, and an unexpected error `internal` with its message. */
export function toErrorData(error: unknown): ErrorData {
  if (error instanceof AppError) return { kind: error.kind, message: error.message };
  const refusal = explainSystemError(error);
  if (refusal !== null) return { kind: 'input-output', message: refusal };
  return { kind: 'internal', message: error instanceof Error ? error.message : String(error) };
}

export function fromErrorData(data: ErrorData): AppError {
  return new AppError(data.kind, data.message);
}
