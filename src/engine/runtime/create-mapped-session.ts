import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { forgetComputed } from '../onnx/deferred-tensors.ts';
import type { ModelProto } from '../onnx/ir.ts';
import { writeModel } from '../onnx/write-model.ts';
import { collectGarbage } from './collect-garbage.ts';
import { createSession, type Session } from './create-session.ts';
import { foldFirst } from './fold-first.ts';
import { makeTemporaryFolder } from './make-temporary-folder.ts';

type Options = Parameters<typeof createSession>[1];

/**
 * A session for a model in memory by way of a temporary file with the weights beside it, which ONNX Runtime maps and gives back: at most one
 * copy of a weight is in memory. From a file with weights in it, it takes two copies, and leaves one to its allocator when it is released.
 * @param options.fileName by which errors call it
 * Errors: those of loading.
 */
export function createMappedSession(
  model: ModelProto,
  { fileName = 'model.onnx', ...options }: Options & { fileName?: string },
): Promise<Session> {
  return openIn(async (folder) => {
    const path = join(folder, fileName);
    await writeModel(model, path, { largestSingleFileBytes: 0, isTemporary: true });
    return open(path, model, { ...options, folder });
  });
}

/** The same for a file whose weights are in files beside it, from where they are mapped. Errors: those of loading. */
export function createSessionBesideWeights(path: string, model: ModelProto, options: Options): Promise<Session> {
  return openIn((folder) => open(path, model, { ...options, folder }));
}

async function open(
  path: string,
  model: ModelProto,
  { folder, ...options }: Options & { folder: string },
): Promise<Session> {
  // What weights were read into is as much as ONNX Runtime needs room for now.
  forgetComputed();
  collectGarbage('shrinking');
  return (await createSession(await foldFirst(path, model, { ...options, folder }), options)).session;
}

/** @param create a session for a file in a temporary folder, which is removed when nothing needs it any more */
async function openIn(create: (folder: string) => Promise<Session>): Promise<Session> {
  const folder = await makeTemporaryFolder('whittle-model-');
  const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const session = await create(folder);
    const release = session.release.bind(session);
    // Windows does not remove what is mapped. Elsewhere it goes now, whatever becomes of this process.
    if (process.platform === 'win32') {
      session.release = async () => {
        await release();
        await removeFolder();
      };
    } else await removeFolder();
    return session;
  } catch (error) {
    await removeFolder();
    throw error;
  }
}
