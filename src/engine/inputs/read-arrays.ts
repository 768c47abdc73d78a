/** Arrays from a file of NumPy's, by name. Runs anywhere. */
import { AppError } from '#shared/app-error.ts';
import type { EngineTensor } from '#shared/engine-protocol.ts';
import { type ReadChunks, streamOf } from '../datasets/byte-stream.ts';
import { isNpy, parseNpy } from './npy.ts';
import { isZip, unpackNpz } from './npz.ts';

/** What the only array of a `.npy` file is called: as numpy.savez calls those without a name. */
const FIRST_NAME = 'arr_0';

/**
 * @param source.fileName for messages
 * Errors: `not-found`, `input-output`; `invalid-input` and `unsupported` for what cannot be read, a sentence that names it.
 */
export async function readArrays(
  read: ReadChunks,
  { path, fileName }: { path: string; fileName: string },
): Promise<Map<string, EngineTensor>> {
  const bytes = await streamOf(read(path)).take(Infinity);
  if (isNpy(bytes)) return new Map([[FIRST_NAME, parseNpy(bytes, fileName)]]);
  if (!isZip(bytes)) {
    throw new AppError('invalid-input', `${fileName} is neither a .npz nor a .npy file of NumPy.`);
  }
  const files = await unpackNpz(bytes, fileName);
  if (files.size === 0) throw new AppError('invalid-input', `${fileName} holds no arrays.`);
  return new Map([...files].map(([name, file]) => [name, parseNpy(file, name)]));
}
