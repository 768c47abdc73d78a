/** What Whittle does with a file, on a broken one: read, inspect, infer, change, write, read again. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../src/shared/app-error.ts';
import type { Recipe } from '../../src/shared/recipe.ts';
import { passes } from '../../src/engine/compress/registry.ts';
import { prepareModel } from '../../src/engine/compress/prepare-model.ts';
import { requirePass, validateRecipe } from '../../src/engine/compress/validate-recipe.ts';
import { inferDtypes } from '../../src/engine/onnx/infer-dtypes.ts';
import { inferShapes } from '../../src/engine/onnx/infer-shapes.ts';
import { inspectModel } from '../../src/engine/onnx/inspect-model.ts';
import type { GraphProto, ModelProto } from '../../src/engine/onnx/ir.ts';
import { loadModel } from '../../src/engine/onnx/load-model.ts';
import { sortModel } from '../../src/engine/onnx/sort-nodes.ts';
import { bytesOf, WEIGHTS_FILE } from './corpus.ts';
import { mutate } from './mutate.ts';

/** How a case ended: all done, or refused with an AppError of this kind at this step, or in a way that is a mistake of ours. */
export type Outcome = { kind: string; isFind: boolean; detail: string };

/** The last two are what ONNX Runtime says where a pass runs the model. */
const EXPECTED_KINDS: readonly string[] = [
  'invalid-model',
  'unsupported',
  'not-found',
  'input-output',
  'provider-failed',
  'out-of-memory',
];
/** Every pass as it is by default, and with settings that let it touch more of a small model. */
const STEPS: Recipe['passes'] = [
  { pass: 'float16', settings: { keepInputsOutputs: false } },
  { pass: 'quantize-dynamic', settings: { operators: ['MatMul', 'Gemm', 'Conv'], minimumElements: 0 } },
  { pass: 'quantize-weights', settings: { method: 'nearest', minimumElements: 0 } },
  ...passes.map(({ name }) => ({ pass: name, settings: {} })),
];

/** The bytes of a case. */
export function fileOf(corpus: readonly Buffer[], seed: number): Buffer {
  return mutate(corpus[seed % corpus.length] as Buffer, seed);
}

export function prepareFolder(folder: string): void {
  writeFileSync(join(folder, WEIGHTS_FILE.name), Buffer.alloc(WEIGHTS_FILE.sizeBytes, 1));
}

/** @param folder as `prepareFolder` left it */
export async function runCase(file: Buffer, { folder, seed }: { folder: string; seed: number }): Promise<Outcome> {
  const path = join(folder, 'model.onnx');
  writeFileSync(path, file);
  let step = 'load';
  try {
    const { model } = await loadModel(path);
    if (!bytesOf(model).equals(file))
      return { kind: 'find', isFind: true, detail: 'an untouched file came out changed' };
    step = 'inspect';
    await inspectModel(path);
    step = 'infer';
    inferShapes(model.graph as GraphProto, { batchSize: 1 });
    inferDtypes(model.graph as GraphProto);
    step = 'change';
    await change(model, path, seed);
    // Without outputs nothing is left when a pass removes what nobody reads.
    if (model.graph?.outputs.length === 0) return { kind: 'done', isFind: false, detail: '' };
    step = 'write';
    const changed = bytesOf(model);
    step = 'read again';
    writeFileSync(path, changed);
    await loadModel(path);
    return { kind: 'done', isFind: false, detail: '' };
  } catch (error) {
    const isRefusal = error instanceof AppError && EXPECTED_KINDS.includes(error.kind) && error.message.endsWith('.');
    if (isRefusal && step !== 'read again')
      return { kind: `${error.kind} (${step})`, isFind: false, detail: error.message };
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: 'find', isFind: true, detail: `${step}: ${detail}` };
  }
}

async function change(model: ModelProto, path: string, seed: number): Promise<void> {
  sortModel(model);
  const step = STEPS[Math.floor(seed / 7) % STEPS.length] as Recipe['passes'][number];
  const [validated] = validateRecipe({ version: 1, name: 'fuzz', passes: [step] }).passes;
  const settings = validated?.settings ?? {};
  const pass = requirePass(step.pass);
  const prepared = await prepareModel(model, pass, settings);
  await pass.apply(model, settings, {
    parentPath: path,
    inputs: { kind: 'generated', seed: 1 },
    cpuExtensions: () => Promise.resolve([]),
    onProgress: () => {},
  });
  prepared.finish();
}
