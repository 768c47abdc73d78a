/**
 * Sessions that show different tensors of one model. ONNX Runtime optimizes it once, into a file whose weights, laid out for its kernels, all of
 * them map: each is there in milliseconds, and has hardly any weights of its own.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { caseSettingsSchema } from '#shared/case.ts';
import type { ProviderId } from '#shared/provider.ts';
import { forgetComputed } from '../../onnx/deferred-tensors.ts';
import { type GraphProto, type ModelProto, modelSchema } from '../../onnx/ir.ts';
import { loadModel } from '../../onnx/load-model.ts';
import { encodeMessage } from '../../onnx/message.ts';
import { walkGraphs } from '../../onnx/walk-model.ts';
import { ropeParts } from '../../onnx/wire.ts';
import { writeModel } from '../../onnx/write-model.ts';
import { collectGarbage } from '../../runtime/collect-garbage.ts';
import { createSession, type Session } from '../../runtime/create-session.ts';
import { foldFirst, hasLargeConvolutions } from '../../runtime/fold-first.ts';
import { makeTemporaryFolder } from '../../runtime/make-temporary-folder.ts';
import { optimizedGraphIn } from '../../runtime/optimized-graph-file.ts';
import { dropReorders } from './drop-reorders.ts';
import { observeWhole } from './observe-tensors.ts';
import { openSession } from './open-session.ts';
import { orderEnds } from './order-ends.ts';
import { renameProto } from './rename-proto.ts';

export type LaidOutModel = {
  /** @param names of outputs of the model; what they do not need is not computed */
  open: (names: Iterable<string>) => Promise<Session>;
  /** For when all sessions are released. */
  remove: () => Promise<void>;
};

const OPTIONS = { provider: 'node:cpu', sleeps: true, plansMemory: false, isQuiet: true } as const;

/**
 * Small models, and those of other providers, are optimized for each session: writing takes longer.
 * Errors: those of loading, and as `openSession`.
 */
export async function layOutModel(model: ModelProto, provider: ProviderId): Promise<LaidOutModel> {
  const openAnew = (names: Iterable<string>): Promise<Session> => openSession(partOf(model, names), provider);
  // Of a branch that it puts in the place of an If, ONNX Runtime writes constants twice, and does not read that again.
  const isPlain = [...walkGraphs(model)].length === 1 && renameProto(model) === null;
  if (provider !== 'node:cpu' || !isPlain || !hasLargeConvolutions(model)) {
    return { open: openAnew, remove: () => Promise.resolve() };
  }
  const folder = await makeTemporaryFolder('whittle-model-');
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const laidOut = await writeLaidOut(model, folder);
    let count = 0;
    const openPart = async (whole: ModelProto, names: Iterable<string>): Promise<Session> => {
      count += 1;
      const path = join(folder, `part-${count}.onnx`);
      // The weights stay in the file beside it.
      await writeFile(path, ropeParts(encodeMessage(modelSchema, partOf(whole, names))) as Uint8Array[]);
      const settings = caseSettingsSchema.parse({ graphOptimization: 'disabled' });
      return (await createSession(path, { ...OPTIONS, settings })).session;
    };
    const open = async (names: Iterable<string>): Promise<Session> =>
      (laidOut && (await openPart(laidOut, names).catch(ignoreRefusal))) ?? openAnew(names);
    return { open, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

function partOf(model: ModelProto, names: Iterable<string>): ModelProto {
  const part = observeWhole(model, names);
  orderEnds(part.graph as GraphProto);
  return part;
}

/** @returns null where ONNX Runtime writes no such file, or does not read it again */
async function writeLaidOut(model: ModelProto, folder: string): Promise<ModelProto | null> {
  const [given, folded] = [join(folder, 'given'), join(folder, 'optimized')];
  await mkdir(given);
  await mkdir(folded);
  const path = join(given, 'model.onnx');
  await writeModel(model, path, { largestSingleFileBytes: 0, isTemporary: true });
  forgetComputed();
  collectGarbage('shrinking');
  const options = { ...OPTIONS, settings: caseSettingsSchema.parse({}) };
  const optimizedGraph = optimizedGraphIn(folder);
  try {
    const { session } = await createSession(await foldFirst(path, model, { ...options, folder: folded }), {
      ...options,
      leavesWeights: true,
      optimizedGraph,
    });
    await session.release();
    const { model: laidOut } = await loadModel(optimizedGraph.path, { leavesWeights: true });
    if (laidOut.graph) dropReorders(laidOut.graph);
    return laidOut;
  } catch (error) {
    return ignoreRefusal(error);
  } finally {
    for (const read of [given, folded]) await rm(read, { recursive: true, force: true });
  }
}

/** Loading the model as it is says why, if that is refused too. */
function ignoreRefusal(error: unknown): null {
  if (error instanceof AppError) return null;
  throw error;
}
