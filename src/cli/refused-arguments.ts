/** Errors of the workbench as the command line tells them: by their kind, and as wrong usage where the arguments are at fault. */
import { AppError, type ErrorData, errorDataSchema, toErrorData } from '#shared/app-error.ts';

/** Whatever was thrown, also across the contract, which carries an error’s kind and message as data. */
export function errorDataOf(error: unknown): ErrorData {
  const carried = error instanceof Error && 'data' in error ? errorDataSchema.safeParse(error.data) : null;
  return carried?.success === true ? carried.data : toErrorData(error);
}

/**
 * For calls that check what they were asked and start a job: what they refuse as unknown or invalid was named in the arguments.
 * @param kinds that the arguments are to blame for
 * Errors: `wrong-usage` instead of those; all others as they are.
 */
export async function withArguments<Result>(
  call: Promise<Result>,
  kinds: readonly ErrorData['kind'][] = ['not-found', 'invalid-input'],
): Promise<Result> {
  try {
    return await call;
  } catch (error) {
    const { kind, message } = errorDataOf(error);
    if (kinds.includes(kind)) throw new AppError('wrong-usage', message, { cause: error });
    throw error;
  }
}
