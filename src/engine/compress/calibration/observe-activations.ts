/**
 * One run of a model over the calibration items, in which a bounded number of values of each tensor is kept: memory depends
 * neither on the number of items nor on the size of the tensors.
 */
import type { EngineProgress, InputSource } from '#shared/engine-protocol.ts';
import type { ProviderId } from '#shared/provider.ts';
import type { GraphProto, ModelProto, NodeProto } from '../../onnx/ir.ts';
import { openCalibrationItems } from './open-calibration-items.ts';
import { copyFeeds, type Feeds } from '../../runtime/make-feeds.ts';
import { loadOnnxRuntime } from '../../runtime/onnxruntime.ts';
import { releaseTensors } from '../../runtime/release-tensors.ts';
import type { ActivationSample } from './activation-sample.ts';
import { feedBatches } from './feed-batches.ts';
import { findImages } from './find-images.ts';
import { findSummands } from './find-summands.ts';
import { findShapes, refuseRun } from './find-shapes.ts';
import { layOutModel } from './lay-out-model.ts';
import { type ObservedOutputs, observeTensors } from './observe-tensors.ts';
import { planSample, sampledDims, sampledPerRow, type SamplePlan } from './plan-sample.ts';
import { type ChannelStatistics, createTensorObserver, type TensorObserver } from './tensor-observer.ts';
import { type ItemView, viewByItem } from './view-by-item.ts';

/** Of all samples together. */
const SAMPLE_VALUES = 8 * 2 ** 20;
/** More of one tensor do not change which range is chosen beyond chance; see docs/compression.md. */
const MOST_VALUES_PER_TENSOR = 2 ** 18;
/** Activations of one run: enough to keep the cores busy, and little beside a model. */
const RUN_BYTES = 48 * 2 ** 20;
const LARGEST_BATCH = 32;
/** Items of a run, at least, whose products use the caches much better than those of one; more gain little and hold more. */
const ENOUGH_ITEMS = 2;
/** Of the size of the largest, about so many tensors live at once: what a node reads and makes, a branch that waits, and scratch memory. */
const LIVE_TENSORS = 4;
/** Items of which images are looked at closely, at most, spread over all: values at some positions, means. */
const CLOSE_ITEMS = 128;
/** Items of which means are taken; fewer where all their tensors together are larger than that many runs may hold. */
const MEAN_ITEMS = 32;
const MEAN_RUNS = 4;

export type Observations = {
  samples: Map<string, ActivationSample>;
  /** Over the items in `batches`; empty when no means are taken. */
  statistics: Map<string, ChannelStatistics>;
  /** The first items, as feeds. */
  batches: Feeds[];
  /** Where the items came from. */
  source: string;
  /** That were run. */
  itemCount: number;
};

/**
 * @param request.tensors names of float32 tensors
 * @param request.meansOf tensors of which the means of channels are taken; the items that they are taken of are kept
 * @param request.exactExtremes whether extremes are those of all values also where that takes long, which is not on images
 * Errors: those of loading and running; `unsupported` when items and model do not fit.
 */
export async function observeActivations(request: {
  model: ModelProto;
  tensors: readonly string[];
  inputs: InputSource;
  provider: ProviderId;
  meansOf: ReadonlySet<string>;
  exactExtremes: boolean;
  onProgress: (progress: EngineProgress) => void;
}): Promise<Observations> {
  const { model, tensors, provider, meansOf, exactExtremes, onProgress } = request;
  const takesMeans = meansOf.size > 0;
  const items = await openCalibrationItems(request.inputs, model);
  const { itemCount } = items;
  const ort = await loadOnnxRuntime();
  const mostValues = Math.min(MOST_VALUES_PER_TENSOR, Math.floor(SAMPLE_VALUES / tensors.length));
  const images = findImages(model.graph as GraphProto);
  const plans = new Map<string, SamplePlan>();
  const observers = new Map<string, TensorObserver>();
  const summands = exactExtremes ? new Map<string, NodeProto>() : findSummands(model.graph as GraphProto);
  const isSeenOnAll = ({ view, summand }: SamplePlan): boolean => exactExtremes || (view.isImage && summand === null);
  // Of a convolution that is computed once more at the kept positions, only these are seen.
  const hasExtremes = (plan: SamplePlan): boolean => isSeenOnAll(plan) || (plan.view.isImage && plan.step === 1);
  const { shapes, even, itemsPerRun } = await findShapes(model, tensors, { items, provider });
  const views = new Map<string, ItemView>();
  for (const [name, dims] of shapes) {
    const isImage = images.has(name);
    const channelAxis = isImage ? Math.min(1, dims.length - 1) : Math.max(0, dims.length - 1);
    views.set(name, viewByItem(dims, { channelAxis, itemsPerRun, isImage, isEven: even.has(name) }));
  }
  const closeCount = Math.min(itemCount, Math.max(itemsPerRun, countCloseItems(views.values(), mostValues)));
  for (const [name, view] of views) {
    const seenCount = view.isImage ? closeCount : itemCount;
    const plan = planSample(view, mostValues / seenCount, meansOf.has(name) ? null : summands.get(name));
    plans.set(name, plan);
    const seesExtremes = hasExtremes(plan);
    observers.set(name, createTensorObserver(plan, { itemCount: seenCount, mostValues, seesExtremes }));
  }
  const batchSize = chooseBatchSize(plans, { itemsPerRun, itemCount });
  const meanCount = countMeanItems(shapes.values(), itemsPerRun);
  const batches: Feeds[] = [];
  let meanItems = 0;
  let done = 0;
  let passedOver = 0;
  const { model: observed, outputs } = observeTensors(model, plans, {
    values: () => true,
    means: (_, name) => meansOf.has(name),
    highest: hasExtremes,
    lowest: hasExtremes,
  });
  const farOutputs = new Map(
    [...outputs].map(([name, { values, highest, lowest }]): [string, ObservedOutputs] => {
      const plan = plans.get(name) as SamplePlan;
      const extremes = isSeenOnAll(plan) ? { highest, lowest } : { highest: null, lowest: null };
      return [name, { values: plan.view.isImage ? null : values, mean: null, ...extremes }];
    }),
  );
  const laidOut = await layOutModel(observed, provider);
  const run = async (looked: ReadonlyMap<string, ObservedOutputs>, isClose: boolean): Promise<void> => {
    const session = await laidOut.open(namesOf(looked));
    const choose = createChoice(itemCount, closeCount);
    const isWanted = (batchItems: number): boolean => {
      if (choose(batchItems) === isClose) return true;
      passedOver += batchItems;
      return false;
    };
    try {
      for await (const batch of feedBatches(session, items, batchSize, isWanted)) {
        const countsForMeans = isClose && takesMeans && meanItems < meanCount;
        if (countsForMeans) {
          batches.push(copyFeeds(ort, batch.feeds));
          meanItems += batch.itemCount;
        }
        const results = await session.run(batch.feeds).catch((error: unknown) => refuseRun(error, provider));
        for (const [name, { look }] of observers) look(results, looked.get(name) as ObservedOutputs, countsForMeans);
        releaseTensors(Object.values(results));
        done += batch.itemCount;
        onProgress({ fraction: done / itemCount, message: `calibrating on ${done} of ${itemCount} items` });
      }
    } finally {
      await session.release();
    }
  };
  try {
    await run(outputs, true);
    if (passedOver > 0 && namesOf(farOutputs).size > 0) await run(farOutputs, false);
  } finally {
    await laidOut.remove();
  }
  const collect = <Found>(read: (observer: TensorObserver) => Found): Map<string, Found> =>
    new Map([...observers].map(([name, observer]) => [name, read(observer)]));
  return {
    samples: collect(({ sample }) => sample()),
    statistics: takesMeans ? collect(({ statistics }) => statistics()) : new Map(),
    batches,
    source: items.id,
    itemCount: done,
  };
}

/** As many items as twice the values can be brought out of that are kept: of more, most would be dropped. Half as many were worse for small networks. */
function countCloseItems(views: Iterable<ItemView>, mostValues: number): number {
  let perItem = 0;
  for (const view of views) {
    if (view.isImage) perItem += sampledPerRow(planSample(view, mostValues / CLOSE_ITEMS)) * view.rowsPerItem;
  }
  return Math.max(MEAN_ITEMS, Math.min(CLOSE_ITEMS, Math.floor((2 * SAMPLE_VALUES) / Math.max(1, perItem))));
}

/** @returns of each batch in turn, by its size, whether it is looked at closely: as many as fit in, evenly spread */
function createChoice(itemCount: number, closeCount: number): (batchItems: number) => boolean {
  let seen = 0;
  let chosen = 0;
  return (batchItems) => {
    const isChosen = chosen + batchItems <= closeCount && seen * closeCount >= chosen * itemCount;
    seen += batchItems;
    if (isChosen) chosen += batchItems;
    return isChosen;
  };
}

/**
 * As many items as keep all tensors of one run within bounds; or, where those are large, two, if what lives at once stays within them:
 * ONNX Runtime gives back what no node reads any longer, and of each tensor only a part is kept.
 */
function chooseBatchSize(
  plans: ReadonlyMap<string, SamplePlan>,
  { itemsPerRun, itemCount }: { itemsPerRun: number; itemCount: number },
): number {
  let [allBytes, largestBytes, keptBytes] = [0, 0, 0];
  for (const plan of plans.values()) {
    const bytes = bytesOf(plan.view.dims);
    allBytes += bytes;
    largestBytes = Math.max(largestBytes, bytes);
    keptBytes += bytesOf(sampledDims(plan));
  }
  const liveBytes = LIVE_TENSORS * largestBytes + keptBytes;
  const within = (bytes: number): number => itemsWithin(RUN_BYTES, bytes / itemsPerRun);
  const size = Math.max(within(allBytes), Math.min(ENOUGH_ITEMS, within(liveBytes)));
  return Math.max(1, Math.min(LARGEST_BATCH, itemCount, size));
}

function countMeanItems(shapes: Iterable<readonly number[]>, itemsPerRun: number): number {
  const bytesPerItem = [...shapes].reduce((sum, dims) => sum + bytesOf(dims), 0) / itemsPerRun;
  return Math.min(MEAN_ITEMS, MEAN_RUNS * Math.max(1, itemsWithin(RUN_BYTES, bytesPerItem)));
}

function itemsWithin(bytes: number, bytesPerItem: number): number {
  return Math.floor(bytes / Math.max(1, bytesPerItem));
}

/** Of float32. */
function bytesOf(dims: readonly number[]): number {
  return dims.reduce((bytes, size) => bytes * size, Float32Array.BYTES_PER_ELEMENT);
}

function namesOf(outputs: ReadonlyMap<string, ObservedOutputs>): Set<string> {
  const all = [...outputs.values()].flatMap(({ values, mean, highest, lowest }) => [values, mean, highest, lowest]);
  return new Set(all.filter((name) => name !== null));
}
