/** Calibration items as feeds of a session. */
import { AppError } from '#shared/app-error.ts';
import { caseSettingsSchema } from '#shared/case.ts';
import { countText } from '#shared/text/number-text.ts';
import { chunkSizeOf } from '../../quality/open-items-with.ts';
import { matchArrays } from '../../inputs/match-arrays.ts';
import { withTables } from '../../inputs/with-tables.ts';
import type { ArrayRows } from '../../inputs/rows-of-arrays.ts';
import type { CalibrationItems } from './open-calibration-items.ts';
import type { Session } from '../../runtime/create-session.ts';
import { type Feeds, feedsOfArrays, feedsOfItems, generateFeeds, inputSlotsOf } from '../../runtime/make-feeds.ts';
import { loadOnnxRuntime } from '../../runtime/onnxruntime.ts';
import type { Ort } from '../../runtime/onnxruntime-types.ts';
import { planBatches } from '../../runtime/plan-batches.ts';
import { releaseBuffers } from '../../runtime/release-buffers.ts';
import { type InputSlot, resolveShapes } from '../../runtime/resolve-shapes.ts';

/**
 * What is fed lasts until the next batch is asked for; `copyFeeds` keeps it.
 * @param wantedSize where the model leaves the batch open, and takes more than one item
 * @param isWanted is asked for each batch in turn, with the number of its items; the others are passed over, and not prepared
 * Errors: those of reading items; `unsupported` when they do not fit the model, or do not fill the batch that it fixes.
 */
export async function* feedBatches(
  session: Session,
  items: CalibrationItems,
  wantedSize: number,
  isWanted?: (itemCount: number) => boolean,
): AsyncGenerator<{ feeds: Feeds; itemCount: number }> {
  const batchSize = items.inBatches ? wantedSize : 1;
  const ort = await loadOnnxRuntime();
  const slots = inputSlotsOf(session);
  if (items.rows) {
    yield* batchesOfRows(ort, slots, { ...items, rows: items.rows, batchSize, isWanted });
    return;
  }
  if (items.itemShape === null) {
    const { inputs } = resolveShapes(withTables(slots, items.tables), caseSettingsSchema.parse({}));
    for await (const chunk of items.read()) {
      if (chunk.kind !== 'generated' || isWanted?.(1) === false) continue;
      yield { feeds: generateFeeds(ort, inputs, chunk.seed), itemCount: 1 };
    }
    return;
  }
  const plan = planBatches(slots, { ...items, itemShape: items.itemShape }, { batchSize });
  const isFixed = typeof slots[0]?.shape[0] === 'number';
  if (isFixed) requireFullBatch(items, plan.batchSize);
  // A chunk is prepared as a whole.
  const chunkSize = isWanted ? plan.batchSize : chunkSizeOf(items, plan.batchSize);
  for await (const chunk of items.read(chunkSize)) {
    if (chunk.kind !== 'items') continue;
    let prepared: Float32Array | undefined;
    for (let first = 0; first < chunk.count; first += plan.batchSize) {
      const itemCount = Math.min(plan.batchSize, chunk.count - first);
      // A fixed batch has to be full; made-up items would be seen by the calibration, so the rest is left out.
      if (isFixed && itemCount < plan.batchSize) return;
      if (isWanted?.(itemCount) === false) continue;
      prepared ??= chunk.values;
      const itemSize = prepared.length / chunk.count;
      const values = prepared.subarray(first * itemSize, (first + itemCount) * itemSize);
      yield {
        feeds: feedsOfItems(ort, { ...plan.input, shape: [itemCount, ...plan.input.shape.slice(1)] }, values),
        itemCount,
      };
    }
    // V8 would collect its whole heap after every 8 MiB of them.
    if (prepared) releaseBuffers(prepared);
  }
}

/** Inputs that only a part of the model reads are left out, as a session of that part does not take them. */
function* batchesOfRows(
  ort: Ort,
  slots: readonly InputSlot[],
  about: {
    id: string;
    itemCount: number;
    rows: ArrayRows;
    batchSize: number;
    isWanted: ((itemCount: number) => boolean) | undefined;
  },
): Generator<{ feeds: Feeds; itemCount: number }> {
  const { rows, itemCount: allCount } = about;
  const size = rows.itemsPerRun ?? about.batchSize;
  if (rows.itemsPerRun !== null) requireFullBatch(about, size);
  for (let first = 0; first < allCount; first += size) {
    const itemCount = Math.min(size, allCount - first);
    if (rows.itemsPerRun !== null && itemCount < size) return;
    if (about.isWanted?.(itemCount) === false) continue;
    const settings = caseSettingsSchema.parse({ batchSize: itemCount });
    const arrays = matchArrays(slots, rows.take(first, itemCount), { fileName: about.id, settings });
    yield { feeds: feedsOfArrays(ort, arrays), itemCount };
  }
}

function requireFullBatch({ id, itemCount }: { id: string; itemCount: number }, batchSize: number): void {
  if (itemCount >= batchSize) return;
  throw new AppError(
    'unsupported',
    `The model takes ${batchSize} items at once, and ${id} has ${countText(itemCount, 'item')} to calibrate on. Export the model with an open or a smaller batch.`,
  );
}
