/** That what is written does not replace what it was made of. */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '#shared/app-error.ts';

/**
 * @param model the path of a file; what is none, such as a name in the library, is no file that could be lost
 * Errors: `wrong-usage` where both are one file, by whatever path or link.
 */
export function protectModel(model: string, output: string): void {
  if (!isSameFile(model, output)) return;
  throw new AppError(
    'wrong-usage',
    `--output is the model itself, ${output}: the original would be lost. Name another file.`,
  );
}

/**
 * @param about.weights names of the files with weights that lie beside the model; `written` those that will lie beside the output
 * Errors: `conflict` where one would replace the other.
 */
export function protectWeights(
  model: string,
  output: string,
  { weights, written, keptAs }: { weights: readonly string[]; written: readonly string[]; keptAs: string },
): void {
  for (const name of written) {
    const path = join(dirname(output), name);
    if (!weights.some((own) => isSameFile(join(dirname(model), own), path))) continue;
    throw new AppError(
      'conflict',
      `${path} holds weights of the model itself, and would be replaced. The result is kept in the library as “${keptAs}”: write it to another folder.`,
    );
  }
}

/** By what the system calls them, since one file can have many paths. */
function isSameFile(path: string, other: string): boolean {
  const [one, two] = [path, other].map((name) => statSync(name, { bigint: true, throwIfNoEntry: false }));
  return one !== undefined && two !== undefined && one.dev === two.dev && one.ino === two.ino;
}
