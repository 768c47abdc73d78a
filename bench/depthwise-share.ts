/**
 * From which share of other work on integers pay for networks of depthwise convolutions: stacks of five blocks as mobile networks have them (1 × 1, depthwise, 1 × 1), float32
 * beside the default of quantize-static. One thread, batch 1, both in turns: the median over rounds of the ratio of the least of three runs of each. Prints a row for each stack.
 *
 *   node bench/depthwise-share.ts
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { caseSettingsSchema } from '#shared/case.ts';
import { quantileOfSorted } from '#shared/statistics/quantile.ts';
import { compressModel } from '#engine/compress/compress-model.ts';
import type { GraphProto, ModelProto, NodeProto, TensorProto } from '#engine/onnx/ir.ts';
import { macsPerDepthwiseOutput } from '#engine/onnx/macs-per-depthwise-output.ts';
import { writeModel } from '#engine/onnx/write-model.ts';
import { createSession } from '#engine/runtime/create-session.ts';
import { loadOnnxRuntime } from '#engine/runtime/onnxruntime.ts';
import { modelOf, nodeOf, randomWeight } from '../tests/fakes/small-model.ts';
import { NO_ORIGIN } from '../tests/fakes/no-origin.ts';

const BLOCKS = 5;
const EXPANSION = 4;
const ROUNDS = 25;
const RUNS = 3;
const settings = caseSettingsSchema.parse({ intraOpThreads: 1 });
const folder = mkdtempSync(join(tmpdir(), 'whittle-bench-'));
const paths = [join(folder, 'float.onnx'), join(folder, 'int8.onnx')] as const;
try {
  for (const kernel of [3, 5, 7]) {
    for (const size of [14, 28]) for (const channels of [16, 32, 64, 128]) await compare(kernel, size, channels);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function compare(kernel: number, size: number, channels: number): Promise<void> {
  const model = stackOf(kernel, size, channels);
  await writeModel(model, paths[0]);
  await compressModel(
    {
      path: paths[0],
      outputPath: paths[1],
      recipe: { version: 1, name: 'int8', passes: [{ pass: 'quantize-static', settings: {} }] },
      ...NO_ORIGIN,
      inputs: { kind: 'generated', seed: 1 },
    },
    () => {},
  );
  const density = macsPerDepthwiseOutput(model.graph as GraphProto);
  const speed = await speedOf(size, channels);
  console.log(
    `${kernel} x ${kernel}, ${size} x ${size}, ${channels} channels: ${density} multiplications for each depthwise output, int8 ${speed.toFixed(2)} times as fast`,
  );
}

function stackOf(kernel: number, size: number, channels: number): ModelProto {
  const nodes: NodeProto[] = [];
  const weights: TensorProto[] = [];
  const convolve = (input: string, output: string, dims: number[], group = 1): string => {
    const [weight, bias] = [`${output}_weight`, `${output}_bias`];
    weights.push(randomWeight(weight, dims, weights.length), randomWeight(bias, [dims[0] as number], weights.length));
    const padding = BigInt(((dims[2] as number) - 1) / 2);
    const attributes = { group: BigInt(group), pads: [padding, padding, padding, padding] };
    nodes.push(nodeOf('Conv', [input, weight, bias], [output], attributes));
    return output;
  };
  const rectify = (input: string): string => {
    nodes.push(nodeOf('Relu', [input], [`${input}_positive`]));
    return `${input}_positive`;
  };
  const wide = EXPANSION * channels;
  let last = 'x';
  for (let block = 0; block < BLOCKS; block += 1) {
    const expanded = rectify(convolve(last, `expanded_${block}`, [wide, channels, 1, 1]));
    const filtered = rectify(convolve(expanded, `filtered_${block}`, [wide, 1, kernel, kernel], wide));
    last = convolve(filtered, `narrow_${block}`, [channels, wide, 1, 1]);
  }
  return modelOf(17, { inputs: { x: ['float32', [1, channels, size, size]] }, outputs: [last], nodes, weights });
}

async function speedOf(size: number, channels: number): Promise<number> {
  const ort = await loadOnnxRuntime();
  const values = Float32Array.from({ length: channels * size * size }, (_, index) => Math.sin(index / 7));
  const feeds = { x: new ort.Tensor('float32', values, [1, channels, size, size]) };
  const sessions = [];
  for (const path of paths) sessions.push((await createSession(path, { provider: 'node:cpu', settings })).session);
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const leastMs: number[] = [];
    for (const session of sessions) {
      let least = Infinity;
      for (let run = 0; run < RUNS; run += 1) {
        const startMs = performance.now();
        await session.run(feeds);
        least = Math.min(least, performance.now() - startMs);
      }
      leastMs.push(least);
    }
    ratios.push((leastMs[0] as number) / (leastMs[1] as number));
  }
  for (const session of sessions) await session.release();
  return quantileOfSorted(
    ratios.toSorted((a, b) => a - b),
    0.5,
  );
}
