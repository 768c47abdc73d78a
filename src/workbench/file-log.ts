/** The workbench's log file, for what nobody sees on screen. */
import { renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { AppError } from '#shared/app-error.ts';
import type { Log } from './log.ts';
import { makeFolder } from './make-folder.ts';

const LARGEST_LOG_BYTES = 5 * 2 ** 20;

/** Appends to `whittle.log` in the home, one JSON object a line; a file that grew large is kept once as `whittle.1.log`. */
export function createFileLog(homePath: string, options: { program: string }): Log {
  const logger = openLogger(homePath, options);
  return {
    info: (message) => logger.info(message),
    warn: (message) => logger.warn(message),
    error: (message) => logger.error(message),
  };
}

function openLogger(homePath: string, { program }: { program: string }): Logger {
  const path = join(homePath, 'whittle.log');
  try {
    makeFolder(homePath);
    const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (sizeBytes > LARGEST_LOG_BYTES) renameSync(path, join(homePath, 'whittle.1.log'));
    // Written at once: what was logged last matters most when a program dies.
    return pino({ base: { program, pid: process.pid } }, pino.destination({ dest: path, sync: true }));
  } catch (error) {
    const isFile = statSync(homePath, { throwIfNoEntry: false })?.isFile() === true;
    const what = isFile ? 'is a file and no folder' : `cannot be used (${(error as Error).message})`;
    throw new AppError('input-output', `The home ${homePath} ${what}. Name another one with --home or WHITTLE_HOME.`, {
      cause: error,
    });
  }
}
