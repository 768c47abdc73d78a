import { statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#shared/app-error.ts';

/**
 * Before anything is done for what could not be written in the end.
 * @param example the name of a file that could lie there
 * Errors: `wrong-usage` where the output is a folder.
 */
export function refuseFolder(output: string, example: string): void {
  if (statSync(output, { throwIfNoEntry: false })?.isDirectory() !== true) return;
  throw new AppError(
    'wrong-usage',
    `--output is the folder ${output}. Name a file in it, such as ${join(output, example)}.`,
  );
}
