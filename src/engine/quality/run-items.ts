/** A model that runs items and gives each item's outputs. */
import { AppError } from '#shared/app-error.ts';
import type { CaseSettings } from '#shared/case.ts';
import type { EngineTensor } from '#shared/engine-protocol.ts';
import type { ProviderId } from '#shared/provider.ts';
import { findArray, matchArrays } from '../inputs/match-arrays.ts';
import { requireItems, rowsOfArrays } from '../inputs/rows-of-arrays.ts';
import { type Feeds, feedsOfArrays, feedsOfItems, generateFeeds } from '../runtime/make-feeds.ts';
import type { Ort, Session } from '../runtime/onnxruntime-types.ts';
import { planBatches } from '../runtime/plan-batches.ts';
import { type InputSlot, resolveShapes } from '../runtime/resolve-shapes.ts';
import { explainRunError } from '../runtime/runtime-error.ts';
import { bytesOf, type Numbers, readNumbers } from '../runtime/tensor-values.ts';
import { comparableOutputs, type OutputSlot } from './comparable-outputs.ts';
import type { ItemOutput } from './fidelity-meter.ts';
import type { ItemChunk, Items } from './open-items-with.ts';

export type ItemRunner = {
  /** Outputs that can be compared: float ones, or all numeric ones when there is no float. */
  outputs: OutputSlot[];
  /** Items of a dataset that it is fed at once. */
  batchSize: number;
  /** @returns for the items of one batch after the other their outputs, in the order of `outputs` */
  run: (chunk: ItemChunk) => AsyncGenerator<ItemOutput[][]>;
  /** Gives back the memory of a batch that nobody looks at any more, where that need not be left to the garbage collector. */
  release: (batch: readonly ItemOutput[][]) => void;
  close: () => Promise<void>;
};

type FeedBatch = {
  feeds: Feeds;
  rows: number;
  itemCount: number;
  /** Outputs that cannot be cut into rows are taken as those of one item, instead of refused. */
  isWholeAllowed?: boolean;
};

/**
 * Items are fed `batchSize` at a time where the model has a symbolic batch, else as many as the file fixes.
 * @param about.inputs,about.outputs as the session or the file declares them
 * @param about.batchSize 1 where an item's result depends on its neighbours
 * @param about.releaseOutputs left out where the runtime may still have the arrays that it gave
 * Errors: those of running; `unsupported` when items and model do not fit, naming the input.
 */
export function createItemRunner(
  session: Pick<Session, 'run' | 'release'>,
  about: {
    ort: Ort;
    inputs: readonly InputSlot[];
    outputs: readonly OutputSlot[];
    provider: ProviderId;
    settings: CaseSettings;
    items: Items;
    batchSize: number;
    releaseOutputs?: (...arrays: Numbers[]) => void;
  },
): ItemRunner {
  const { provider, releaseOutputs = () => {} } = about;
  const outputs = comparableOutputs(about.outputs);
  const { batchesOf, batchSize } = planFeeds(about);
  return {
    outputs,
    batchSize,
    async *run(chunk) {
      for (const batch of batchesOf(chunk)) yield await runBatch(session, batch, { outputs, provider });
    },
    release: (batch) => releaseOutputs(...batch.flat().map(({ values }) => values)),
    close: () => session.release(),
  };
}

/** How a chunk becomes feeds for this session, and of how many items. */
function planFeeds(about: {
  ort: Ort;
  inputs: readonly InputSlot[];
  settings: CaseSettings;
  items: Items;
  batchSize: number;
}): { batchesOf: (chunk: ItemChunk) => Iterable<FeedBatch>; batchSize: number } {
  const { ort, inputs: slots, items } = about;
  if (items.itemShape === null) {
    const { inputs } = resolveShapes(slots, { ...about.settings, batchSize: 1 });
    const batchesOf = function* (chunk: ItemChunk): Generator<FeedBatch> {
      if (chunk.kind === 'arrays') yield* batchesOfArrays(about, chunk);
      if (chunk.kind === 'generated') yield { feeds: generateFeeds(ort, inputs, chunk.seed), rows: 1, itemCount: 1 };
    };
    return { batchesOf, batchSize: about.batchSize };
  }
  const { input, batchSize } = planBatches(slots, { ...items, itemShape: items.itemShape }, about);
  const isFixed = typeof slots[0]?.shape[0] === 'number';
  const batchesOf = function* (chunk: ItemChunk): Generator<FeedBatch> {
    if (chunk.kind !== 'items') return;
    const itemSize = chunk.values.length / chunk.count;
    for (let first = 0; first < chunk.count; first += batchSize) {
      const itemCount = Math.min(batchSize, chunk.count - first);
      const values = chunk.values.subarray(first * itemSize, (first + itemCount) * itemSize);
      // A fixed batch has to be full; the last one is padded with zeros.
      const rows = isFixed ? batchSize : itemCount;
      const feeds = feedsOfItems(
        ort,
        { ...input, shape: [rows, ...input.shape.slice(1)] },
        rows === itemCount ? values : padded(values, rows * itemSize),
      );
      yield { feeds, rows, itemCount };
    }
  };
  return { batchesOf, batchSize };
}

/** The batch is that of the file: what the first input with an open one has. Where rows are items, they are fed in batches. */
function* batchesOfArrays(
  about: { ort: Ort; inputs: readonly InputSlot[]; settings: CaseSettings; items: Items; batchSize: number },
  { arrays, labels, rowLimit }: Extract<ItemChunk, { kind: 'arrays' }>,
): Generator<FeedBatch> {
  const { ort, inputs: slots, settings, items } = about;
  const feedsOf = (of: ReadonlyMap<string, EngineTensor>, batchSize: number): Feeds =>
    feedsOfArrays(ort, matchArrays(slots, of, { fileName: items.id, settings: { ...settings, batchSize } }));
  const open = slots.findIndex(({ shape }) => typeof shape[0] === 'string');
  const counted = Math.max(open, 0);
  const name = slots[counted]?.name ?? '';
  if (rowLimit === null) {
    const array = open === -1 ? undefined : findArray(arrays, name, counted);
    if (array) requireItems({ slot: { name }, array }, items.id);
    const rows = array?.shape[0] ?? 1;
    yield { feeds: feedsOf(arrays, rows), rows, itemCount: rows, isWholeAllowed: true };
    return;
  }
  const rows = rowsOfArrays(slots, arrays, items.id);
  if (labels !== null && labels.length !== rows.itemCount) {
    throw new AppError(
      'invalid-input',
      `${items.id} has ${labels.length} labels, and its array for the input “${name}” has ${rows.itemCount} rows. Save one label for each row.`,
    );
  }
  const itemCount = Math.min(rows.itemCount, rowLimit);
  const size = rows.itemsPerRun ?? about.batchSize;
  for (let first = 0; first < itemCount; first += size) {
    const count = Math.min(size, itemCount - first);
    const rowCount = rows.itemsPerRun ?? count;
    yield { feeds: feedsOf(rows.take(first, count), rowCount), rows: rowCount, itemCount: count };
  }
}

function padded(values: Float32Array, length: number): Float32Array {
  const result = new Float32Array(length);
  result.set(values);
  return result;
}

async function runBatch(
  session: Pick<Session, 'run'>,
  batch: FeedBatch,
  options: { outputs: readonly OutputSlot[]; provider: ProviderId },
): Promise<ItemOutput[][]> {
  const names = options.outputs.map(({ name }) => name);
  const results = await session.run(batch.feeds, names).catch((error: unknown) => {
    throw explainRunError(error, options.provider);
  });
  const isWhole = batch.isWholeAllowed === true && names.some((name) => results[name]?.dims[0] !== batch.rows);
  const rows = isWhole ? 1 : batch.rows;
  const columns = names.map((name) => {
    const tensor = results[name];
    if (tensor === undefined) throw new AppError('internal', `ONNX Runtime gave no output “${name}”.`);
    if (rows > 1 && tensor.dims[0] !== rows) {
      throw new AppError(
        'unsupported',
        `The output “${name}” of shape [${tensor.dims.join(', ')}] cannot be cut into the ${rows} items of a batch.`,
      );
    }
    return { name, values: readNumbers(tensor.type, bytesOf(name, tensor)) };
  });
  return Array.from({ length: isWhole ? 1 : batch.itemCount }, (_, item) =>
    columns.map(({ name, values }) => {
      const size = values.length / rows;
      return { name, values: values.subarray(item * size, (item + 1) * size) };
    }),
  );
}

/**
 * Index of the output that holds class scores, one row per item: the first of shape [batch, classes] with at least two
 * classes. Without labels its name has to say so, because embeddings and coordinates have the same shape.
 * @returns null when the task is not classification
 */
export function findScores(outputs: readonly OutputSlot[], options: { hasLabels: boolean }): number | null {
  const index = outputs.findIndex(({ name, shape }) => {
    const [, classCount, ...rest] = shape;
    if (typeof classCount !== 'number' || classCount < 2 || rest.some((size) => size !== 1)) return false;
    return options.hasLabels || /logit|prob|score|class|softmax|label/i.test(name);
  });
  return index === -1 ? null : index;
}
