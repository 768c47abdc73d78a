/** How far quantized models are from the float one on a few calibration items. */
import type { InputSource } from '#shared/engine-protocol.ts';
import type { ProviderId } from '#shared/provider.ts';
import type { ModelProto } from '../../onnx/ir.ts';
import { comparableOutputs, outputSlotsOf } from '../../quality/comparable-outputs.ts';
import { createFidelityMeter, type ItemOutput } from '../../quality/fidelity-meter.ts';
import { openCalibrationItems } from '../calibration/open-calibration-items.ts';
import type { Session } from '../../runtime/create-session.ts';
import { copyFeeds, type Feeds } from '../../runtime/make-feeds.ts';
import { loadOnnxRuntime } from '../../runtime/onnxruntime.ts';
import type { Tensor } from '../../runtime/onnxruntime-types.ts';
import { bytesOf, readNumbers } from '../../runtime/tensor-values.ts';
import { feedBatches } from '../calibration/feed-batches.ts';
import { refuseRun } from '../calibration/find-shapes.ts';
import { openSession } from '../calibration/open-session.ts';

/** The last ones: biases are corrected on the first. */
const MOST_ITEMS = 32;
/** Of inputs and outputs that are kept. */
const MOST_BYTES = 128 * 2 ** 20;

/** Of the worst output. `sqnrDb` is infinite where outputs are the same. */
export type Noise = { sqnrDb: number; cosine: number };

export type NoiseMeter = { itemCount: number; measure: (candidate: ModelProto) => Promise<Noise> };

/**
 * @param reference the float model
 * Errors: those of loading, and of `feedBatches`; `unsupported` where the model does not run on these inputs, or has no output with numbers.
 */
export async function createNoiseMeter(
  reference: ModelProto,
  { inputs, provider }: { inputs: InputSource; provider: ProviderId },
): Promise<NoiseMeter> {
  const items = await openCalibrationItems(inputs, reference);
  const ort = await loadOnnxRuntime();
  const kept: { feeds: Feeds; outputs: ItemOutput[] }[] = [];
  let keptBytes = 0;
  let itemCount = 0;
  const session = await openSession(reference, provider);
  let run: (on: Session, feeds: Feeds) => Promise<ItemOutput[]>;
  try {
    const names = comparableOutputs(outputSlotsOf(session)).map(({ name }) => name);
    run = (on, feeds) => readOutputs(on, { feeds, names, provider });
    let seenCount = 0;
    for await (const batch of feedBatches(session, items, 1)) {
      seenCount += batch.itemCount;
      // Of a batch that the model fixes, what does not fill one is left out.
      const fedCount = items.itemCount - (items.itemCount % batch.itemCount);
      if (seenCount <= fedCount - MOST_ITEMS || keptBytes > MOST_BYTES) continue;
      const outputs = await run(session, batch.feeds);
      kept.push({ feeds: copyFeeds(ort, batch.feeds), outputs });
      itemCount += batch.itemCount;
      keptBytes += [
        ...Object.values(batch.feeds).map(({ size }) => size),
        ...outputs.map(({ values }) => values.length),
      ]
        .map((count) => 4 * count)
        .reduce((sum, bytes) => sum + bytes, 0);
    }
  } finally {
    await session.release();
  }
  return {
    itemCount,
    async measure(candidate) {
      const meter = createFidelityMeter(null);
      const quantized = await openSession(candidate, provider);
      try {
        for (const { feeds, outputs } of kept) meter.add(outputs, await run(quantized, feeds));
      } finally {
        await quantized.release();
      }
      const { cosine, sqnrDb } = meter.result();
      return { cosine, sqnrDb: sqnrDb ?? Infinity };
    },
  };
}

/** Only what is compared is fetched: ONNX Runtime cannot hand over sequences. */
async function readOutputs(
  session: Session,
  { feeds, names, provider }: { feeds: Feeds; names: readonly string[]; provider: ProviderId },
): Promise<ItemOutput[]> {
  const results = await session.run(feeds, names).catch((error: unknown) => refuseRun(error, provider));
  return names.map((name) => {
    const tensor = results[name] as Tensor;
    return { name, values: readNumbers(tensor.type, bytesOf(name, tensor)) };
  });
}
