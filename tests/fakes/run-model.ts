import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { ModelProto } from '../../src/engine/onnx/ir.ts';
import { writeModel } from '../../src/engine/onnx/write-model.ts';
import { loadOnnxRuntime } from '../../src/engine/runtime/onnxruntime.ts';

export type TinyFeed = { dims: number[]; values: Float32Array | BigInt64Array | Int32Array | Uint8Array | boolean[] };

/** The outputs of a model, from the real ONNX Runtime on the CPU. */
export async function runModel(model: ModelProto, feeds: Record<string, TinyFeed>): Promise<Record<string, number[]>> {
  const ort = await loadOnnxRuntime();
  const path = join(tmpdir(), `whittle-test-${randomUUID()}.onnx`);
  try {
    await writeModel(model, path);
    const session = await ort.InferenceSession.create(path, { logSeverityLevel: 4, intraOpNumThreads: 1 });
    const tensors = Object.entries(feeds).map(
      ([name, { dims, values }]) => [name, tensorOf(ort, values, dims)] as const,
    );
    const results = await session.run(Object.fromEntries(tensors));
    const outputs = Object.entries(results).map(([name, { data }]) => [name, Array.from(data as Float32Array, Number)]);
    await session.release();
    return Object.fromEntries(outputs) as Record<string, number[]>;
  } finally {
    rmSync(path, { force: true });
  }
}

function tensorOf(ort: Awaited<ReturnType<typeof loadOnnxRuntime>>, values: TinyFeed['values'], dims: number[]) {
  if (Array.isArray(values)) return new ort.Tensor('bool', values, dims);
  if (values instanceof Float32Array) return new ort.Tensor('float32', values, dims);
  if (values instanceof BigInt64Array) return new ort.Tensor('int64', values, dims);
  if (values instanceof Int32Array) return new ort.Tensor('int32', values, dims);
  return new ort.Tensor('uint8', values, dims);
}
