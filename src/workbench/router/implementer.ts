/** Where expected failures become the contract's one typed error. */
import { implement, ORPCError, ValidationError } from '@orpc/server';
import { z } from 'zod';
import { AppError, type ErrorData, toErrorData } from '#shared/app-error.ts';
import { contract } from '#shared/contract/contract.ts';
import { throwIfCancelled, unlessAborted } from '../unless-aborted.ts';
import type { Log } from '../log.ts';

export function createImplementer(log: Log) {
  return implement(contract).use(async ({ next, path, signal }) => {
    try {
      throwIfCancelled(signal);
      // Whoever gave a call up waits no longer, whatever of it can be stopped.
      return await unlessAborted(next(), signal);
    } catch (error) {
      if (error instanceof ORPCError && error.code === 'APP_ERROR') throw error;
      const data = explain(error);
      if (data.kind === 'internal') {
        const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
        log.error(`${path.join('.')} failed unexpectedly: ${stack}`);
      }
      throw new ORPCError('APP_ERROR', { status: 422, message: data.message, data, cause: error });
    }
  });
}

export type Implementer = ReturnType<typeof createImplementer>;

function explain(error: unknown): ErrorData {
  if (error instanceof AppError) return toErrorData(error);
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST') {
    const issues = error.cause instanceof ValidationError ? error.cause.issues : [];
    const sentences = issues.map(({ path, message }) => {
      const where = (path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
      return where === '' ? message : `${where}: ${message}`;
    });
    return { kind: 'invalid-input', message: `The request is not valid. ${sentences.join('; ')}`.trim() };
  }
  if (error instanceof z.ZodError) return { kind: 'internal', message: z.prettifyError(error) };
  return toErrorData(error);
}
