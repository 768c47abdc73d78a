import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { AppError } from '#shared/app-error.ts';

/** An export has its models in the folder itself, or in one such as `onnx` in it. */
const DEEPEST = 1;
/** A folder with more is one of collections, which nobody means to import as a whole. */
const MOST_MODELS = 50;

/**
 * What of a path can be imported: the file itself, or the `.onnx` files of a folder, by name.
 * Errors: `not-found` for a folder without any, `invalid-input` for one with too many. A path that is not there is returned as it is:
 * importing it says so.
 */
export async function findModels(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isDirectory()) return [path];
  const paths = (await filesOf(resolve(path), 0)).toSorted();
  const name = `“${basename(resolve(path))}”`;
  if (paths.length === 0) {
    throw new AppError(
      'not-found',
      `The folder ${name} holds no .onnx file. A folder of data is tied to a model in the model’s menu: “Use the data of a folder…”.`,
    );
  }
  if (paths.length > MOST_MODELS) {
    throw new AppError(
      'invalid-input',
      `The folder ${name} holds more than ${MOST_MODELS} .onnx files. Import those that you want to look at.`,
    );
  }
  return paths;
}

/** Stops as soon as there are too many. What cannot be read holds nothing. */
async function filesOf(folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && entry.name.toLowerCase().endsWith('.onnx'));
  const paths = files.map(({ name }) => join(folder, name));
  if (depth === DEEPEST) return paths;
  for (const entry of entries) {
    if (paths.length > MOST_MODELS) break;
    if (entry.isDirectory() && !entry.name.startsWith('.')) {
      // One after the other: a folder of thousands must not open all of them at once.
      // oxlint-disable-next-line no-await-in-loop
      paths.push(...(await filesOf(join(folder, entry.name), depth + 1)));
    }
  }
  return paths;
}
