/** The workbench's log file, for what nobody sees on screen. */
import { renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { AppError } from '#shared/app-error.ts';
import type { Log } from './log.ts';
import { makeFolder } from './make-folder.ts';

const LARGEST_LOG_BYTES = 5 * 2 ** 20;

/** Appends to `whittle.log` in the home, one JSON object a line; a file that grew large is kept once as `whittle.1.log`. */
export function createFileLog(homePath: string, options: { program: string }): Log {
  try {
    makeFolder(homePath);
  } catch (error) {
    throw new AppError(
      'input-output',
      `The home ${homePath} cannot be made (${(error as Error).message}). Use another one with --home or WHITTLE_HOME.`,
      { cause: error },
    );
  }
  const path = join(homePath, 'whittle.log');
  const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (sizeBytes > LARGEST_LOG_BYTES) renameSync(path, join(homePath, 'whittle.1.log'));
  // Written at once: what was logged last matters most when a program dies.
  const logger = pino(
    { base: { program: options.program, pid: process.pid } },
    pino.destination({ dest: path, sync: true }),
  );
  return {
    info: (message) => logger.info(message),
    warn: (message) => logger.warn(message),
    error: (message) => logger.error(message),
  };
}
