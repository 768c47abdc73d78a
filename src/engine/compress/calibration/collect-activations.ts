/** Runs a model on calibration items and looks at tensors inside it, group by group, so that memory stays bounded. */
import { AppError } from '#shared/app-error.ts';
import type { EngineProgress, InputSource } from '#shared/engine-protocol.ts';
import type { ModelProto } from '../../onnx/ir.ts';
import type { Session } from '../../runtime/create-session.ts';
import { releaseBuffers } from '../../runtime/release-buffers.ts';
import { explainRunError } from '../../runtime/runtime-error.ts';
import { feedBatches } from './feed-batches.ts';
import { type CalibrationItems, openCalibrationItems } from './open-calibration-items.ts';
import { observeWhole } from './observe-tensors.ts';
import { openSession } from './open-session.ts';

const PROVIDER = 'node:cpu';
/** Outputs of one run: enough to keep the cores busy, and little beside a model. */
const RUN_BYTES = 48 * 2 ** 20;
const LARGEST_BATCH = 32;

/**
 * Float32 values of one tensor for one batch; a view that is valid until what is returned is settled.
 * @param share of all items that the batch has
 */
export type LookAt = (
  name: string,
  values: Float32Array,
  dims: readonly number[],
  share: number,
) => void | Promise<void>;

type SeenTensor = [name: string, values: Float32Array, dims: readonly number[]];

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
export async function collectActivations({
  model,
  tensorNames,
  inputs,
  itemLimit = Infinity,
  look,
  onProgress = () => {},
}: ActivationRequest): Promise<{ source: string; itemCount: number }> {
  const items = await openCalibrationItems(inputs, model);
  const itemCount = Math.min(items.itemCount, itemLimit);
  const open = (names: readonly string[]): Promise<Session> => openSession(observeWhole(model, names), PROVIDER);
  let session = await open(tensorNames);
  let seenCount = 0;
  try {
    const bytesPerItem = await measureOutputs(session, items);
    const groups = planGroups(tensorNames, bytesPerItem);
    for (const [index, names] of groups.entries()) {
      if (groups.length > 1) {
        await session.release();
        session = await open(names);
      }
      const groupBytes = names.reduce((sum, name) => sum + (bytesPerItem.get(name) ?? 0), 0);
      const batchSize = Math.max(1, Math.min(LARGEST_BATCH, Math.floor(RUN_BYTES / Math.max(1, groupBytes))));
      let done = 0;
      for await (const batch of feedBatches(session, items, Math.min(batchSize, itemCount))) {
        const share = batch.itemCount / itemCount;
        await runAndLook(session, batch.feeds, names, (name, values, dims) => look(name, values, dims, share));
        done += batch.itemCount;
        const shown = Math.min(itemCount, done);
        onProgress({
          fraction: (index + shown / itemCount) / groups.length,
          message: `calibrating on ${shown} of ${itemCount} items`,
        });
        if (done >= itemCount) break;
      }
      seenCount = done;
    }
    return { source: items.id, itemCount: seenCount };
  } finally {
    await session.release();
  }
}

async function runAndLook(
  session: Session,
  feeds: Parameters<Session['run']>[0],
  names: readonly string[],
  look: (...seen: SeenTensor) => void | Promise<void>,
): Promise<void> {
  const results = await session.run(feeds, [...names]).catch(refuse);
  for (const name of names) {
    const tensor = results[name];
    if (tensor?.type === 'float32') {
      const values = tensor.data as Float32Array;
      await look(name, values, tensor.dims);
      // Its copy of what ONNX Runtime gave, which disposing of the tensor leaves to the garbage collector.
      releaseBuffers(values);
    }
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
