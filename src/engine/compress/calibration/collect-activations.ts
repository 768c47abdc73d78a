/** Runs a model on calibration items and looks at tensors inside it, group by group, so that memory stays bounded. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { caseSettingsSchema } from '#shared/case.ts';
import type { EngineProgress, InputSource } from '#shared/engine-protocol.ts';
import { removeUnused } from '../../onnx/remove-unused.ts';
import { type GraphProto, type ModelProto, valueInfoSchema } from '../../onnx/ir.ts';
import { createMessage } from '../../onnx/message.ts';
import { writeModel } from '../../onnx/write-model.ts';
import { type CalibrationItems, openCalibrationItems } from './open-calibration-items.ts';
import { createSession, type Session } from '../../runtime/create-session.ts';
import { explainRunError } from '../../runtime/runtime-error.ts';
import { feedBatches } from './feed-batches.ts';

const PROVIDER = 'node:cpu';
/** Outputs of one run: enough to keep the cores busy, and little beside a model. */
const RUN_BYTES = 48 * 2 ** 20;
const LARGEST_BATCH = 32;

/** Float32 values of one tensor for one batch; a view that is valid during the call only. */
export type LookAt = (name: string, values: Float32Array, dims: readonly number[]) => void;

export type ActivationRequest = {
  model: ModelProto;
  tensorNames: readonly string[];
  inputs: InputSource;
  /** Items to look at, the first ones; all when left out. */
  itemLimit?: number;
  /** Called for tensors of float32; others are passed over. */
  look: LookAt;
  onProgress?: (progress: EngineProgress) => void;
};

/**
 * @returns where the items came from, and how many there were
 * Errors: those of loading and running; `unsupported` when items and model do not fit.
 */
export async function collectActivations(request: ActivationRequest): Promise<{ source: string; itemCount: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'whittle-calibration-'));
  try {
    return await collectIn(folder, request);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function collectIn(
  folder: string,
  { model, tensorNames, inputs, itemLimit = Infinity, look, onProgress = () => {} }: ActivationRequest,
): Promise<{ source: string; itemCount: number }> {
  const path = join(folder, 'model.onnx');
  const items = await openCalibrationItems(inputs, model);
  const itemCount = Math.min(items.itemCount, itemLimit);
  const open = async (names: readonly string[]): Promise<Session> => {
    await writeWithOutputs(model, names, path);
    const { session } = await createSession(path, { provider: PROVIDER, settings: caseSettingsSchema.parse({}) });
    return session;
  };
  const first = await open(tensorNames);
  const bytesPerItem = await measureOutputs(first, items);
  const groups = planGroups(tensorNames, bytesPerItem);
  let seenCount = 0;
  for (const [index, names] of groups.entries()) {
    const session = groups.length === 1 ? first : await open(names);
    const groupBytes = names.reduce((sum, name) => sum + (bytesPerItem.get(name) ?? 0), 0);
    const batchSize = Math.max(1, Math.min(LARGEST_BATCH, Math.floor(RUN_BYTES / Math.max(1, groupBytes))));
    let done = 0;
    for await (const batch of feedBatches(session, items, Math.min(batchSize, itemCount))) {
      await runAndLook(session, batch.feeds, names, look);
      done += batch.itemCount;
      const shown = Math.min(itemCount, done);
      onProgress({
        fraction: (index + shown / itemCount) / groups.length,
        message: `calibrating on ${shown} of ${itemCount} items`,
      });
      if (done >= itemCount) break;
    }
    seenCount = done;
    await session.release();
  }
  if (groups.length > 1) await first.release();
  return { source: items.id, itemCount: seenCount };
}

async function runAndLook(
  session: Session,
  feeds: Parameters<Session['run']>[0],
  names: readonly string[],
  look: LookAt,
): Promise<void> {
  const results = await session.run(feeds, [...names]).catch(refuse);
  for (const name of names) {
    // A tensor may be called __proto__, which ONNX Runtime’s plain object does not hold as its own.
    const tensor = Object.hasOwn(results, name) ? results[name] : undefined;
    if (tensor?.type === 'float32') look(name, tensor.data as Float32Array, tensor.dims);
    tensor?.dispose();
  }
}

function refuse(error: unknown): never {
  const { message } = explainRunError(error, PROVIDER);
  throw new AppError(
    'unsupported',
    `Calibration runs the model, and it does not run on these inputs. ${message} Give calibration data that fits the model.`,
    { cause: error },
  );
}

/** Bytes of each tensor for one item, from a run of the first one. */
async function measureOutputs(session: Session, items: CalibrationItems): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for await (const { feeds } of feedBatches(session, items, 1)) {
    const results = await session.run(feeds).catch(refuse);
    for (const [name, tensor] of Object.entries(results)) sizes.set(name, 4 * tensor.size);
    break;
  }
  return sizes;
}

/** Tensors that are looked at in one run of the model. */
function planGroups(names: readonly string[], bytesPerItem: ReadonlyMap<string, number>): string[][] {
  const groups: string[][] = [[]];
  let groupBytes = 0;
  for (const name of names) {
    const bytes = bytesPerItem.get(name) ?? 0;
    if (groupBytes > 0 && groupBytes + bytes > RUN_BYTES) {
      groups.push([]);
      groupBytes = 0;
    }
    (groups.at(-1) as string[]).push(name);
    groupBytes += bytes;
  }
  return groups;
}

/** The same model with other outputs, which ONNX Runtime types by itself, and without what they do not need. */
async function writeWithOutputs(model: ModelProto, names: readonly string[], path: string): Promise<void> {
  const graph = model.graph as GraphProto;
  const { outputs, nodes, initializers, sparseInitializers } = graph;
  const declared = new Map(outputs.map((output) => [output.name, output]));
  graph.outputs = names.map((name) => declared.get(name) ?? createMessage(valueInfoSchema, { name }));
  removeUnused(graph);
  try {
    await writeModel(model, path);
  } finally {
    Object.assign(graph, { outputs, nodes, initializers, sparseInitializers });
  }
}
