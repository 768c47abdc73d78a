/**
 * What holds of every recipe on every model: it is refused with a sentence, and nothing is left behind; or the file is smaller, runs in ONNX
 * Runtime with the inputs and outputs of its parent, and is as near to it as was told. Outputs are compared here anew, by other code.
 */
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../src/shared/app-error.ts';
import type { InputSource } from '../../src/shared/engine-protocol.ts';
import type { Recipe } from '../../src/shared/recipe.ts';
import { createRandom } from '../../src/shared/statistics/random.ts';
import { compressModel } from '../../src/engine/compress/compress-model.ts';
import { decodeFloat16, encodeFloat16 } from '../../src/engine/onnx/half.ts';
import { stringEntrySchema } from '../../src/engine/onnx/ir.ts';
import { createMessage } from '../../src/engine/onnx/message.ts';
import { writeModel } from '../../src/engine/onnx/write-model.ts';
import type { Tensor } from '../../src/engine/runtime/onnxruntime-types.ts';
import { loadOnnxRuntime } from '../../src/engine/runtime/onnxruntime.ts';
import { npyFile, npzFile } from '../fakes/numpy-files.ts';
import { buildModel, inputOf, type ModelDraw, tokenCount } from './random-model.ts';
import { NO_ORIGIN } from '../fakes/no-origin.ts';

export type Checked = { kind: 'made'; share: number; cosine: number } | { kind: 'refused'; message: string };

const ITEM_COUNT = 6;
/** Of passes that only write down differently what is computed. */
const SAME = ['equalize-channels', 'fold-batch-norm', 'fold-constants', 'raise-opset'];
const LEAST_SAME_COSINE = 0.99999;
/** Reported and found again: sums in another order, and by other kernels where optimizations differ. */
const COSINE_TOLERANCE = 1e-5;

type Outputs = { name: string; type: string; dims: readonly number[]; values: Float64Array }[];

/**
 * @param folder empty, and empty again
 * Errors: an Error that says what does not hold
 */
export async function checkRecipe(draw: ModelDraw, recipe: Recipe, folder: string): Promise<Checked> {
  const path = join(folder, 'parent.onnx');
  const outputPath = join(folder, 'made', 'result.onnx');
  const model = buildModel(draw);
  // As of a variant with a long recipe: so small a model would hardly get smaller with what is written about it.
  model.metadata.push(createMessage(stringEntrySchema, { key: 'whittle.recipe', value: ' '.repeat(2000) }));
  await writeModel(model, path);
  const { inputs, batches } = writeItems(draw, join(folder, 'items.npz'));
  try {
    const wanted = await run(path, batches);
    if (wanted.some((outputs) => outputs.some(({ values }) => !values.every(Number.isFinite)))) {
      return { kind: 'refused', message: 'the random model itself gives values that are not finite' };
    }
    const params = {
      path,
      outputPath,
      recipe,
      ...NO_ORIGIN,
      inputs,
    };
    const made = await compressModel(params, () => {});
    const share = statSync(outputPath).size / statSync(path).size;
    if (!(share < 1)) throw new Error(`The file is not smaller: ${share} of its parent.`);
    const found = await run(outputPath, batches);
    requireAlike(found, wanted, recipe);
    const cosine = compare(found, wanted);
    const told = made.fidelity;
    if (told === null) throw new Error(`It was not compared: ${made.steps.at(-1)?.findings.at(-1)?.message}`);
    if (!(Math.abs(told.cosine - cosine) <= COSINE_TOLERANCE)) {
      throw new Error(`The cosine is ${cosine}, and told was ${told.cosine}.`);
    }
    if (recipe.passes.every(({ pass }) => SAME.includes(pass)) && cosine < LEAST_SAME_COSINE) {
      throw new Error(`The outputs changed, which they must not: cosine ${cosine}.`);
    }
    return { kind: 'made', share, cosine };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const left = readdirSync(join(folder, 'made'));
    if (left.length > 0) throw new Error(`It left ${left.join(', ')} behind.`, { cause: error });
    if (error.kind !== 'unsupported' || !error.message.endsWith('.')) throw error;
    return { kind: 'refused', message: error.message };
  } finally {
    rmSync(path, { force: true });
    rmSync(outputPath, { force: true });
  }
}

/** The same values for the engine, as a file, and for ONNX Runtime, item by item. */
function writeItems(draw: ModelDraw, itemsPath: string) {
  const { dtype, dims } = inputOf(draw);
  const random = createRandom(draw.seed + 1);
  const size = dims.reduce((all, each) => all * each, 1);
  const count = ITEM_COUNT * size;
  const values =
    dtype === 'int64'
      ? BigInt64Array.from({ length: count }, () => BigInt(Math.floor(random() * tokenCount)))
      : Float32Array.from({ length: count }, () => 2 * (random() + random() + random()) - 3);
  const file = npyFile({ descr: dtype === 'int64' ? '<i8' : '<f4', shape: [ITEM_COUNT, ...dims] }, values);
  writeFileSync(itemsPath, npzFile({ 'input.npy': file }));
  const inputs: InputSource = {
    kind: 'arrays',
    path: itemsPath,
    fileName: 'items.npz',
    labels: null,
    limit: ITEM_COUNT,
  };
  const batches = Array.from({ length: ITEM_COUNT }, (_, item) => ({
    dtype,
    dims: [1, ...dims],
    values: values.slice(item * size, (item + 1) * size),
  }));
  return { inputs, batches };
}

async function run(path: string, batches: ReturnType<typeof writeItems>['batches']): Promise<Outputs[]> {
  const ort = await loadOnnxRuntime();
  const session = await ort.InferenceSession.create(path, { logSeverityLevel: 4, intraOpNumThreads: 1 });
  try {
    const all: Outputs[] = [];
    for (const { values, dims, dtype } of batches) {
      const takesHalf = session.inputMetadata[0]?.isTensor === true && session.inputMetadata[0].type === 'float16';
      const tensor = takesHalf
        ? new ort.Tensor('float16', encodeFloat16(values as Float32Array), dims)
        : new ort.Tensor(dtype, values as never, dims);
      const results = await session.run({ input: tensor });
      all.push(
        session.outputNames.map((name) => {
          const { type, data, dims: shape } = results[name] as Tensor;
          const values = type === 'float16' ? decodeFloat16(data as Uint16Array) : (data as Float32Array);
          return { name, type, dims: shape, values: Float64Array.from(values) };
        }),
      );
    }
    return all;
  } finally {
    await session.release();
  }
}

function requireAlike(found: Outputs[], wanted: Outputs[], recipe: Recipe): void {
  const mayBeHalf = recipe.passes.some(
    ({ pass, settings }) => pass === 'float16' && settings['keepInputsOutputs'] === false,
  );
  for (const [item, outputs] of wanted.entries()) {
    for (const [index, { name, type, dims }] of outputs.entries()) {
      const own = found[item]?.[index];
      const isType = own?.type === type || (mayBeHalf && own?.type === 'float16');
      if (own?.name !== name || !isType || own.dims.join() !== dims.join()) {
        throw new Error(
          `The output ${name}, ${type} [${dims.join()}], is ${own?.name}, ${own?.type} [${own?.dims.join()}] now.`,
        );
      }
      if (!own.values.every(Number.isFinite)) throw new Error(`The output ${name} has values that are not finite.`);
    }
  }
}

/** The worst output's mean cosine over items; of single values that of all items together. */
function compare(found: Outputs[], wanted: Outputs[]): number {
  const cosines = (wanted[0] ?? []).map((_, index) => {
    const pairs = wanted.map(
      (outputs, item) => [outputs[index]?.values ?? [], found[item]?.[index]?.values ?? []] as const,
    );
    if (pairs.every(([values]) => values.length === 1)) {
      return cosineOf(
        pairs.map(([values]) => values[0] as number),
        pairs.map(([, values]) => values[0] as number),
      );
    }
    return pairs.reduce((sum, [a, b]) => sum + cosineOf(a, b), 0) / pairs.length;
  });
  return Math.min(...cosines);
}

function cosineOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, first, second, isSame] = [0, 0, 0, true];
  for (let index = 0; index < a.length; index += 1) {
    const [one, other] = [a[index] as number, b[index] as number];
    dot += one * other;
    first += one * one;
    second += other * other;
    isSame &&= one === other;
  }
  if (isSame) return 1;
  return first === 0 || second === 0 ? 0 : dot / Math.sqrt(first * second);
}
