/**
 * How fast the preset static-int8 (or another) makes the bundled models on node:cpu, beside float32 and, where their folder is given, the
 * files that ONNX Runtime's quantizer made of them: all interleaved in one experiment of the real workbench for each model and form. Forms are the open
 * batch, and batches of 1 and 4 that are fixed in all files before they are compressed: ONNX Runtime fuses more where it knows them.
 *
 *   node bench/int8-latency.ts [--reference FOLDER] [--preset static-int8] [--models fashion-resnet,…] [--time 12] [--threads 1]
 *
 * Reference files are called MODEL.static-percentile-u8s8-perchannel.onnx, without “fashion-”.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Experiment } from '#shared/experiment.ts';
import { compressModel } from '#engine/compress/compress-model.ts';
import { presets } from '#engine/compress/presets.ts';
import { dimensionSchema } from '#engine/onnx/ir.ts';
import { loadModel } from '#engine/onnx/load-model.ts';
import { createMessage } from '#engine/onnx/message.ts';
import { writeModel } from '#engine/onnx/write-model.ts';
import { openTemporaryWorkbench, samplePath, samplesPath } from './temporary-workbench.ts';
import { NO_ORIGIN } from '../tests/fakes/no-origin.ts';

const { values } = parseArgs({
  options: {
    reference: { type: 'string' },
    preset: { type: 'string', default: 'static-int8' },
    models: { type: 'string', default: 'fashion-resnet,fashion-mobilenet,fashion-vit' },
    time: { type: 'string', default: '12' },
    threads: { type: 'string', default: '1' },
  },
});
const CALIBRATION_ITEMS = 256;
/** Null: open. */
const BATCHES = [null, 1, 4];
const preset = presets.find(({ id }) => id === values.preset);
if (!preset) throw new Error(`There is no preset “${values.preset}”.`);
const { recipe } = preset;

async function fixBatch(path: string, fixedPath: string, batchSize: number): Promise<string> {
  const { model } = await loadModel(path);
  const { graph } = model;
  if (!graph) throw new Error(`${path} has no graph.`);
  for (const { type } of [...graph.inputs, ...graph.outputs]) {
    const dimensions = type?.tensor?.shape?.dimensions ?? [];
    dimensions[0] = createMessage(dimensionSchema, { value: batchSize });
  }
  graph.valueInfos = [];
  await writeModel(model, fixedPath);
  return fixedPath;
}

async function compress(path: string, outputPath: string): Promise<string> {
  await compressModel(
    {
      path,
      outputPath,
      recipe,
      ...NO_ORIGIN,
      inputs: {
        kind: 'dataset',
        limit: CALIBRATION_ITEMS,
        dataset: {
          id: 'fashion-mnist/train5k',
          format: 'idx',
          inputsPath: join(samplesPath, 'fashion-mnist', 'train5k-images-idx3-ubyte.gz'),
          labelsPath: null,
          classNames: [],
          preparation: { scale: 255, mean: 0.286, standardDeviation: 0.353 },
        },
      },
    },
    () => {},
  );
  return outputPath;
}

/** “1.07 (1.05 to 1.10)”: how much faster than another the first of an experiment is. */
function speedOver({ runs, comparisons }: Experiment, variantId: string): string {
  const own = runs.find(({ model }) => model.sha256 === variantId);
  const comparison = comparisons.find(({ candidateRunId }) => candidateRunId === own?.id);
  if (!comparison) return '–';
  const { estimate, ciLow, ciHigh } = comparison.speedup;
  const [middle, low, high] = [estimate, ciHigh, ciLow].map((value) => (value === null ? '?' : (1 / value).toFixed(2)));
  return `${middle} (${low} to ${high})`;
}

function medianOf({ runs }: Experiment, variantId: string): string {
  const medianMs = runs.find(({ model }) => model.sha256 === variantId)?.latencyMs?.median;
  return medianMs === undefined ? '–' : `${medianMs.toFixed(3)} ms`;
}

const workbench = await openTemporaryWorkbench();
try {
  console.log('model, form: float32, reference, preset; speed over float32, over the reference (95 % intervals)');
  for (const name of values.models.split(',')) {
    for (const batch of BATCHES) {
      const inFolder = (file: string): string => join(workbench.folder, `${name}-${batch ?? 'open'}-${file}.onnx`);
      const prepare = (path: string, file: string): Promise<string> | string =>
        batch === null ? path : fixBatch(path, inFolder(file), batch);
      const floatPath = await prepare(samplePath(name), 'float32');
      const paths = [await compress(floatPath, inFolder(values.preset)), floatPath];
      const stem = name.replace('fashion-', '');
      const given = join(values.reference ?? '', `${stem}.static-percentile-u8s8-perchannel.onnx`);
      if (values.reference !== undefined && existsSync(given)) paths.push(await prepare(given, 'reference'));
      const ids: string[] = [];
      for (const path of paths) ids.push((await workbench.client.models.import({ path })).variant.id);
      const experiment = await workbench.measure({
        variantIds: ids,
        providers: ['node:cpu'],
        intraOpThreads: [Number(values.threads)],
        batchSizes: [batch ?? 1],
        timeBudgetSeconds: Number(values.time),
        stopEarly: false,
        profile: false,
      });
      const [own = '', float = '', reference = ''] = ids;
      const medians = [float, reference, own].map((id) => medianOf(experiment, id)).join(', ');
      const speeds = [float, reference].map((id) => speedOver(experiment, id)).join(', ');
      console.log(
        `${name}, ${batch === null ? 'open batch, 1 item' : `batch of ${batch} fixed`}: ${medians}; ${speeds}`,
      );
    }
  }
} finally {
  await workbench.close();
}
