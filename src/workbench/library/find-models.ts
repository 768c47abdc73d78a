import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { DEEPEST_MODEL_FOLDER, MOST_MODELS_OF_FOLDER, refuseModelFolder } from '#shared/model-folder.ts';

const DATA_ADVICE = 'A folder of data is tied to a model in the model’s menu: “Use the data of a folder…”.';

/**
 * What of a path can be imported: the file itself, or the `.onnx` files of a folder, by name.
 * Errors: `not-found` for a folder without any, `invalid-input` for one with too many. A path that is not there is returned as it is:
 * importing it says so.
 */
export async function findModels(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isDirectory()) return [path];
  const paths = (await filesOf(resolve(path), 0)).toSorted();
  refuseModelFolder(basename(resolve(path)), paths.length, DATA_ADVICE);
  return paths;
}

/** Stops as soon as there are too many. What cannot be read holds nothing. */
async function filesOf(folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && entry.name.toLowerCase().endsWith('.onnx'));
  const paths = files.map(({ name }) => join(folder, name));
  if (depth === DEEPEST_MODEL_FOLDER) return paths;
  for (const entry of entries) {
    if (paths.length > MOST_MODELS_OF_FOLDER) break;
    if (entry.isDirectory() && !entry.name.startsWith('.')) {
      // One after the other: a folder of thousands must not open all of them at once.
      // oxlint-disable-next-line no-await-in-loop
      paths.push(...(await filesOf(join(folder, entry.name), depth + 1)));
    }
  }
  return paths;
}
