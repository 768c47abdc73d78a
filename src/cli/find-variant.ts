/** What MODEL means: a file, which is imported when the library does not hold it, or something in the library. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import type { Variant } from '#shared/model.ts';
import type { WorkbenchClient } from '#workbench/local-client.ts';

const SHORTEST_HASH = 8;

/**
 * @param text a path, the name of a model or variant in the library, or the first digits of its hash (at least eight)
 * Errors: `wrong-usage` when it is none of these or not unique; those of importing; `cancelled`.
 */
export async function findVariant(client: WorkbenchClient, text: string, signal: AbortSignal): Promise<Variant> {
  const path = resolve(text);
  if (existsSync(path)) {
    if (statSync(path).isDirectory()) {
      throw new AppError('wrong-usage', `${text} is a folder. Name an ONNX file in it.`);
    }
    return (await client.models.import({ path }, { signal })).variant;
  }
  const variants = (await client.models.list({}, { signal })).flatMap((model) => model.variants);
  const named = variants.filter((variant) => variant.name === text);
  const hashed =
    text.length >= SHORTEST_HASH ? variants.filter((variant) => variant.id.startsWith(text.toLowerCase())) : [];
  const found = named.length > 0 ? named : hashed;
  const [first] = found;
  if (found.length === 1 && first) return first;
  if (found.length > 1) {
    const hashes = found.map((variant) => variant.id.slice(0, 12)).join(', ');
    throw new AppError(
      'wrong-usage',
      `“${text}” means ${found.length} models of the library; name one by its hash: ${hashes}.`,
    );
  }
  throw new AppError('wrong-usage', `There is no file ${path}, and the library holds no model called “${text}”.`);
}
