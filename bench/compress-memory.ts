/**
 * Memory of every compressing pass beside the size of the model: `node bench/compress-memory.ts [megabytes,…] [words of passes,…] [beside]`, 100
 * and 500 MB by default; the networks are always of about 100 MB. Each recipe runs in a real engine process of its own, as the workbench runs it: read, prepare, calibrate, apply,
 * write, load, compare with the parent. Inputs are 256 items of a file.
 *
 * For each part of the work two peaks, as multiples of the model's size, less what the process had with ONNX Runtime loaded: memory of its
 * own (RssAnon) and all that was resident (VmHWM), which holds pages of mapped files too. The model is one file, with its weights in it, or
 * with `beside` in a file beside it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InputSource } from '#shared/engine-protocol.ts';
import type { RecipeStep } from '#shared/recipe.ts';
import { createRandom } from '#shared/statistics/random.ts';
import { writeModel } from '#engine/onnx/write-model.ts';
import { createEngineHost } from '#workbench/engine-process/engine-host.ts';
import { observeEngine } from './observe-engine.ts';
import { createProductStack, STACK_WIDTH, type StackKind } from './product-stack.ts';
import { createResnet50, createSegmenter, createVisionTransformer, IMAGE_SIZE } from './hundred-megabyte-networks.ts';
import { enginePath } from './temporary-workbench.ts';
import { NO_ORIGIN } from '../tests/fakes/no-origin.ts';

const ITEM_COUNT = 256;
const PARTS = [
  [/^Reading/, 'read'],
  [/calibrating|looking for/, 'calibrate'],
  [/^Writing/, 'write'],
  [/^Loading/, 'load'],
  [/^Comparing|^Ran|^Evaluated/, 'compare'],
] as const;

const NETWORKS = {
  'ResNet-50': createResnet50,
  'vision transformer': createVisionTransformer,
  segmenter: createSegmenter,
};

type Network = keyof typeof NETWORKS;
type Case = { label: string; model: StackKind | Network; passes: RecipeStep[] };

const step = (pass: string, settings: RecipeStep['settings'] = {}): RecipeStep => ({ pass, settings });
const plain = (label: string, ...passes: RecipeStep[]): Case => ({ label, model: 'plain', passes });
const cases: readonly Case[] = [
  plain('float16', step('float16')),
  plain('bfloat16', step('bfloat16')),
  plain('quantize-dynamic', step('quantize-dynamic')),
  ...(['nearest', 'hqq', 'gptq'] as const).flatMap((method) =>
    [8, 4].map((bits) =>
      plain(`quantize-weights ${method} ${bits}`, step('quantize-weights', { method, bits, headBits: bits })),
    ),
  ),
  plain('quantize-static', step('quantize-static')),
  plain('equalize-channels, quantize-static', step('equalize-channels'), step('quantize-static')),
  { label: 'fold-constants', model: 'sliced', passes: [step('fold-constants')] },
  ...(['fold-batch-norm', 'float16', 'bfloat16', 'quantize-static'] as const).flatMap((pass): Case[] => [
    { label: `${pass} of convolutions`, model: 'normalized', passes: [step(pass)] },
    { label: `${pass} of ResNet-50`, model: 'ResNet-50', passes: [step(pass)] },
  ]),
  ...(['float16', 'bfloat16', 'quantize-dynamic', 'quantize-weights', 'quantize-static'] as const).map(
    (pass): Case => ({ label: `${pass} of a vision transformer`, model: 'vision transformer', passes: [step(pass)] }),
  ),
  { label: 'bfloat16 of a segmenter', model: 'segmenter', passes: [step('bfloat16')] },
];

const isBeside = process.argv[4] === 'beside';
const sizes = (process.argv[2] ?? '100,500').split(',').map(Number);
const words = process.argv[3]?.split(',') ?? [''];
const folder = mkdtempSync(join(tmpdir(), 'whittle-memory-'));
const host = createEngineHost({ enginePath });
try {
  for (const [index, megabytes] of sizes.entries()) {
    const layerCount = Math.max(1, Math.round((megabytes * 1e6) / (STACK_WIDTH ** 2 * 4)));
    const chosen = cases.filter(
      ({ label, model }) => words.some((word) => label.includes(word)) && (index === 0 || !isNetwork(model)),
    );
    for (const [model, group] of Map.groupBy(chosen, (one) => one.model)) {
      const path = join(folder, `${model}.onnx`);
      const { sizeBytes: size } = await writeModel(
        isNetwork(model) ? NETWORKS[model]() : createProductStack(layerCount, model),
        path,
        isBeside ? { largestSingleFileBytes: 0 } : {},
      );
      const name = isNetwork(model) ? model : `${layerCount} products, ${model}`;
      console.log(`${name}, ${(size / 1e6).toFixed(0)} MB; own memory / all resident, × the model`);
      for (const one of group) await observe(one, { path, size });
      rmSync(path);
    }
  }
} finally {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
}

async function observe({ label, model, passes }: Case, { path, size }: { path: string; size: number }): Promise<void> {
  const engine = await host.start({ returnsMemory: true });
  const startMs = performance.now();
  try {
    // Loads ONNX Runtime and runs a tiny model.
    const { phases: before } = await observeEngine(engine, 'provider.probe', { provider: 'node:cpu' });
    const base = before.at(-1) as (typeof before)[number];
    const { phases, result } = await observeEngine(
      engine,
      'model.compress',
      {
        path,
        outputPath: join(folder, 'result.onnx'),
        ...NO_ORIGIN,
        recipe: { version: 1, name: 'bench', passes },
        inputs: writeItems(model),
      },
      (message) => PARTS.find(([pattern]) => pattern.test(message))?.[1] ?? 'apply',
    );
    const times = (bytes: number, baseBytes: number): string => ((bytes - baseBytes) / size).toFixed(2);
    const figures = phases
      .filter(({ name }) => name !== 'start')
      .map(
        ({ name, anonymousBytes, residentBytes }) =>
          `${name} ${times(anonymousBytes, base.anonymousBytes)}/${times(residentBytes, base.residentBytes)}`,
      );
    const most = phases.toSorted((a, b) => b.residentBytes - a.residentBytes)[0] as (typeof phases)[number];
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    console.log(
      `  ${label.padEnd(36)} ${figures.join('  ')}; most resident ${times(most.residentBytes, base.residentBytes)} (${(most.residentBytes / 1e6).toFixed(0)} MB, ${(base.residentBytes / 1e6).toFixed(0)} at the start), cosine ${result.fidelity?.cosine.toFixed(6)}, ${seconds} s`,
    );
  } catch (error) {
    console.log(`  ${label.padEnd(36)} ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    await engine.kill();
  }
}

function isNetwork(model: Case['model']): model is Network {
  return model in NETWORKS;
}

function writeItems(model: Case['model']): InputSource {
  const random = createRandom(2);
  const ofStack = model === 'normalized' ? [STACK_WIDTH, 1, 1] : [STACK_WIDTH];
  const dims = isNetwork(model) ? [3, IMAGE_SIZE, IMAGE_SIZE] : ofStack;
  const itemSize = dims.reduce((total, size) => total * size, 1);
  const header = Buffer.alloc(4 + 4 * (1 + dims.length));
  header.writeUInt32BE(0x0800 + 1 + dims.length, 0);
  for (const [index, value] of [ITEM_COUNT, ...dims].entries()) header.writeUInt32BE(value, 4 + 4 * index);
  const values = Uint8Array.from({ length: ITEM_COUNT * itemSize }, () => random() * 256);
  const inputsPath = join(folder, `items-${model}-ubyte`);
  writeFileSync(inputsPath, Buffer.concat([header, values]));
  const preparation = { scale: 255, mean: 0.5, standardDeviation: 0.3 };
  return {
    kind: 'dataset',
    limit: null,
    dataset: { id: 'noise', format: 'idx', inputsPath, labelsPath: null, classNames: [], preparation },
  };
}
