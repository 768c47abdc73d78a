/**
 * What passes, or a preset, cost in fidelity and time, on the bundled models and their whole test set. Ranges come from the first 256
 * training images; no test image is looked at before the file is finished. To choose settings, take the training images instead.
 *
 *   node bench/compress-fidelity.ts [PASS,...|PRESET] [SETTINGS OF THE LAST PASS AS JSON] [MODEL|all] [t10k|train5k]      default: quantize-static {} all t10k
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { caseSettingsSchema } from '#shared/case.ts';
import type { InputSource } from '#shared/engine-protocol.ts';
import type { Recipe } from '#shared/recipe.ts';
import { compressModel } from '#engine/compress/compress-model.ts';
import { presets } from '#engine/compress/presets.ts';
import { evaluateQuality } from '#engine/quality/evaluate-quality.ts';
import { NO_ORIGIN } from '../tests/fakes/no-origin.ts';

const CALIBRATION_ITEMS = 256;
const samplesPath = join(import.meta.dirname, '../resources/samples');
const [passText = 'quantize-static', settingsText = '{}', only = 'all', images = 't10k'] = process.argv.slice(2);
const settings = JSON.parse(settingsText) as Recipe['passes'][number]['settings'];
const recipe = recipeOf(passText);

function recipeOf(text: string): Recipe {
  const passes =
    presets.find(({ id }) => id === text)?.recipe.passes ??
    text.split(',').map((pass) => ({ pass, settings: {} as typeof settings }));
  return {
    version: 1,
    name: text,
    passes: passes.map((step, index) =>
      index === passes.length - 1 ? { ...step, settings: { ...step.settings, ...settings } } : step,
    ),
  };
}

function imagesOf(stem: string, limit: number | null): InputSource {
  return {
    kind: 'dataset',
    limit,
    dataset: {
      id: `fashion-mnist/${stem}`,
      format: 'idx',
      inputsPath: join(samplesPath, 'fashion-mnist', `${stem}-images-idx3-ubyte.gz`),
      labelsPath: join(samplesPath, 'fashion-mnist', `${stem}-labels-idx1-ubyte.gz`),
      classNames: [],
      preparation: { scale: 255, mean: 0.286, standardDeviation: 0.353 },
    },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'whittle-bench-'));
try {
  for (const name of ['fashion-resnet', 'fashion-mobilenet', 'fashion-vit']) {
    if (only !== 'all' && only !== name) continue;
    const path = join(samplesPath, `${name}.onnx`);
    const outputPath = join(folder, `${name}.onnx`);
    const made = await compressModel(
      {
        path,
        outputPath,
        recipe,
        ...NO_ORIGIN,
        inputs: imagesOf('train5k', CALIBRATION_ITEMS),
      },
      () => {},
    );
    const { metrics, fidelity } = await evaluateQuality(
      {
        path: outputPath,
        referencePath: path,
        provider: 'node:cpu',
        // A busy machine disturbs one thread least; how many there are changes nothing in the figures.
        settings: caseSettingsSchema.parse({ intraOpThreads: 1 }),
        inputs: imagesOf(images, null),
      },
      () => {},
    );
    console.log(
      JSON.stringify({
        model: name,
        top1Correct: metrics.top1?.count,
        agreement: fidelity?.top1AgreementCount,
        cosine: Number(fidelity?.cosine.toFixed(7)),
        sqnrDb: Number(fidelity?.sqnrDb?.toFixed(2)),
        sizeBytes: made.inspection.sizeBytes,
        passMs: Math.round(made.steps.reduce((sum, { durationMs }) => sum + durationMs, 0)),
      }),
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
