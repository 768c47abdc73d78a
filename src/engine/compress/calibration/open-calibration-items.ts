import type { InputSource } from '#shared/engine-protocol.ts';
import type { IndexTable } from '#shared/model.ts';
import { readFileChunks } from '../../datasets/read-file-chunks.ts';
import { declaredInputs } from '../../inputs/declared-inputs.ts';
import { matchArrays } from '../../inputs/match-arrays.ts';
import { readArrays } from '../../inputs/read-arrays.ts';
import { type ArrayRows, rowsOfArrays } from '../../inputs/rows-of-arrays.ts';
import { indexTables } from '../../onnx/index-tables.ts';
import type { GraphProto, ModelProto } from '../../onnx/ir.ts';
import { takesBatches } from '../../onnx/takes-batches.ts';
import { type Items, openItems } from '../../quality/open-items.ts';
import { planBatches } from '../../runtime/plan-batches.ts';

export type CalibrationItems = Items & {
  /** Of the arrays of a file; null: `read` gives the items. */
  rows: ArrayRows | null;
  /** Whether several can be run at once; see `takesBatches`. */
  inBatches: boolean;
  /** Where generated indices go; of the whole model, also for sessions of its parts. */
  tables: ReadonlyMap<string, IndexTable>;
};

/**
 * Errors: those of reading; `invalid-input` where the arrays of a file are not those that this model takes, and `unsupported` where items of a
 * dataset are not.
 */
export async function openCalibrationItems(source: InputSource, model: ModelProto): Promise<CalibrationItems> {
  const graph = model.graph as GraphProto;
  const items = { ...(await openItems(source)), inBatches: takesBatches(graph), tables: indexTables(model) };
  if (source.kind === 'generated') return { ...items, rows: null };
  const slots = declaredInputs(graph);
  // Now, and not when some pass comes to run the model.
  if (source.kind === 'dataset') {
    planBatches(slots, { ...items, itemShape: items.itemShape ?? [] }, { batchSize: 1 });
    return { ...items, rows: null };
  }
  const { fileName } = source;
  const rows = rowsOfArrays(slots, await readArrays(readFileChunks, source), fileName);
  const batchSize = rows.itemsPerRun ?? 1;
  matchArrays(slots, rows.take(0, batchSize), { fileName, settings: { batchSize, dimensions: {} } });
  return { ...items, itemCount: Math.min(rows.itemCount, source.limit ?? Infinity), rows };
}
