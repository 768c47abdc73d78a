/** How many bytes a second memory gives to a kernel of ONNX Runtime that reads each of them once. */
import { join } from 'node:path';
import type { CaseSettings } from '#shared/case.ts';
import { createNode, graphSchema, modelSchema, type ModelProto } from '../onnx/ir.ts';
import { createValueInfo } from '../onnx/create-value-info.ts';
import { createMessage } from '../onnx/message.ts';
import { writeModel } from '../onnx/write-model.ts';
import { createSession } from '../runtime/create-session.ts';
import { loadOnnxRuntime } from '../runtime/onnxruntime.ts';

const MEBIBYTE = 2 ** 20;
const SMALLEST_ARRAY_BYTES = 64 * MEBIBYTE;
const LARGEST_ARRAY_BYTES = 256 * MEBIBYTE;
/** A cache of unknown size is taken for as large as the largest array can be told from. */
const UNKNOWN_CACHE_BYTES = LARGEST_ARRAY_BYTES / 2;
const ROW_COUNT = 4096;
const FLOAT_BYTES = 4;
const WARM_RUNS = 2;
const FEWEST_RUNS = 8;
/** So long that a busy machine has a quiet moment in it. */
const TIMED_MS = 500;

/** What fits stays there from run to run, and memory is no limit. */
export function fitsIntoCache(weightBytes: number, lastLevelCacheBytes: number | null): boolean {
  return weightBytes <= (lastLevelCacheBytes ?? UNKNOWN_CACHE_BYTES);
}

/** Twice the cache, so that little of it is found there again; between 64 and 256 MiB. */
export function arrayBytesFor(lastLevelCacheBytes: number | null): number {
  const wanted = 2 * (lastLevelCacheBytes ?? UNKNOWN_CACHE_BYTES);
  return Math.min(LARGEST_ARRAY_BYTES, Math.max(SMALLEST_ARRAY_BYTES, wanted));
}

/**
 * A product `[1, K] × [K, N]` of float32 on `node:cpu`, with the threads of the case: two floating-point operations for four bytes. The
 * matrix is an input, which the kernel reads where it is: as a weight it would be copied several times. The best run of half a second.
 * @param options.folder for the model's file, of a few hundred bytes; emptied by the caller
 * @returns bytes per second; null where it cannot be measured, for lack of memory for example
 */
export async function measureBandwidth(options: {
  folder: string;
  settings: CaseSettings;
  lastLevelCacheBytes: number | null;
}): Promise<number | null> {
  const { folder, settings, lastLevelCacheBytes } = options;
  const columnCount = Math.floor(arrayBytesFor(lastLevelCacheBytes) / FLOAT_BYTES / ROW_COUNT);
  const path = join(folder, 'bandwidth.onnx');
  try {
    await writeModel(createProduct(columnCount), path);
    const { Tensor } = await loadOnnxRuntime();
    // Written, because pages of zeros that nobody wrote to are one and the same page of memory.
    const matrix = new Float32Array(ROW_COUNT * columnCount).fill(0.5);
    const feeds = {
      x: new Tensor('float32', new Float32Array(ROW_COUNT).fill(0.5), [1, ROW_COUNT]),
      w: new Tensor('float32', matrix, [ROW_COUNT, columnCount]),
    };
    const { session } = await createSession(path, { provider: 'node:cpu', settings });
    try {
      for (let run = 0; run < WARM_RUNS; run += 1) await session.run(feeds);
      const timesMs: number[] = [];
      const endMs = performance.now() + TIMED_MS;
      while (timesMs.length < FEWEST_RUNS || performance.now() < endMs) {
        const startMs = performance.now();
        await session.run(feeds);
        timesMs.push(performance.now() - startMs);
      }
      return (matrix.byteLength / Math.min(...timesMs)) * 1000;
    } finally {
      await session.release();
    }
  } catch {
    // The profile is good without it.
    return null;
  }
}

function createProduct(columnCount: number): ModelProto {
  const graph = createMessage(graphSchema, {
    name: 'bandwidth',
    inputs: [
      createValueInfo('x', 'float32', [1, ROW_COUNT]),
      createValueInfo('w', 'float32', [ROW_COUNT, columnCount]),
    ],
    outputs: [createValueInfo('y', 'float32', [1, columnCount])],
    nodes: [createNode({ opType: 'MatMul', name: 'product', inputs: ['x', 'w'], outputs: ['y'] })],
  });
  return createMessage(modelSchema, { irVersion: 8, graph, opsetImports: [{ domain: '', version: 17 }] });
}
