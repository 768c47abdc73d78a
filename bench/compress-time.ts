/**
 * CPU time of the passes that need no calibration, on a model of 100 MB made of matrix products and on an LSTM of 34 MB, and of GPTQ, whose time goes with
 * the third power of the width, on one product with its data: `node bench/compress-time.ts [megabytes]`. File reading and writing are not counted; weights that are computed when they are written are computed. Prints each pass beside a bare copy of the same weights, measured in the same run. Each has a process of its own, as in the workbench: code that was made for
 * other passes is up to a third slower.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requirePass, validateRecipe } from '../src/engine/compress/validate-recipe.ts';
import { detectDevice } from '../src/engine/device/detect-device.ts';
import { loadModel } from '../src/engine/onnx/load-model.ts';
import { rawBytesOf } from '../src/engine/onnx/tensor-contents.ts';
import { walkTensors } from '../src/engine/onnx/walk-model.ts';
import { writeModel } from '../src/engine/onnx/write-model.ts';
import type { ModelProto } from '../src/engine/onnx/ir.ts';
import type { JsonObject } from '../src/shared/json.ts';
import { modelOf, nodeOf, randomWeight } from '../tests/fakes/small-model.ts';
import { createProductStack, STACK_WIDTH } from './product-stack.ts';

const [megabytesText = '100', row] = process.argv.slice(2);
const megabytes = Number(megabytesText);
const LSTM_WIDTH = 1024;
/** The smaller of the two is what GPTQ takes eight times less for. */
const GPTQ_WIDTHS = [512, 1024];
const layerCount = Math.max(1, Math.round((megabytes * 1e6) / (STACK_WIDTH ** 2 * 4)));

/** Milliseconds of CPU time, of all threads. */
async function timeCpu(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

type Row = { path: string; name: string; settings: JsonObject };

if (row === undefined) await timeAll();
else await timeHere(JSON.parse(row) as Row);

async function timeAll(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'whittle-bench-'));
  try {
    await timeRows(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timeRows(folder: string): Promise<void> {
  const stack = await write('stack', createProductStack(layerCount));
  console.log(
    `${layerCount} products of ${STACK_WIDTH} × ${STACK_WIDTH}, ${stack.megabytes} MB; CPU time of one run each`,
  );
  for (const [name, settings] of [
    ['float16', { scan: false }],
    ['quantize-dynamic', {}],
    ['quantize-weights', { method: 'nearest', bits: 4 }],
    ['quantize-weights', { method: 'nearest', bits: 8 }],
  ] as const) {
    time(stack.path, name, settings);
  }
  const lstm = await write(
    'lstm',
    modelOf(17, {
      inputs: { x: ['float32', [8, 1, LSTM_WIDTH]] },
      outputs: ['y'],
      nodes: [nodeOf('LSTM', ['x', 'w', 'r'], ['y'], { hidden_size: BigInt(LSTM_WIDTH) })],
      weights: ['w', 'r'].map((weight, seed) => randomWeight(weight, [1, 4 * LSTM_WIDTH, LSTM_WIDTH], seed)),
    }),
  );
  console.log(`LSTM of ${LSTM_WIDTH} × ${LSTM_WIDTH}, ${lstm.megabytes} MB`);
  time(lstm.path, 'quantize-dynamic', {});
  for (const width of GPTQ_WIDTHS) {
    const product = await write(
      `product-${width}`,
      modelOf(17, {
        // 32 generated items of 256 rows: as many rows as are looked at.
        inputs: { x: ['float32', ['batch', 256, width]] },
        outputs: ['y'],
        nodes: [nodeOf('MatMul', ['x', 'w'], ['y'])],
        weights: [randomWeight('w', [width, width], 1)],
      }),
    );
    console.log(`one product of ${width} × ${width}, ${product.megabytes} MB, and 8,192 rows of data`);
    time(product.path, 'quantize-weights', {});
  }

  async function write(name: string, model: ModelProto): Promise<{ path: string; megabytes: string }> {
    const path = join(folder, `${name}.onnx`);
    const { sizeBytes } = await writeModel(model, path);
    return { path, megabytes: (sizeBytes / 1e6).toFixed(0) };
  }
}

function time(path: string, name: string, settings: JsonObject): void {
  const given: Row = { path, name, settings };
  execFileSync(process.execPath, [...process.execArgv, import.meta.filename, megabytesText, JSON.stringify(given)], {
    stdio: 'inherit',
  });
}

async function timeHere({ path, name, settings }: Row): Promise<void> {
  const { cpu } = await detectDevice();
  const bytes = readFileSync(path);
  const { model } = await loadModel(path);
  const copyMs = await timeCpu(() =>
    Float32Array.from(new Float32Array(new Uint8Array(bytes).buffer, 0, Math.floor(bytes.length / 4))),
  );
  const [step] = validateRecipe({ version: 1, name, passes: [{ pass: name, settings }] }).passes;
  const context = {
    parentPath: path,
    inputs: { kind: 'generated', seed: 1 } as const,
    cpuExtensions: () => Promise.resolve(cpu.extensions),
    onProgress: () => {},
  };
  const passMs = await timeCpu(async () => {
    await requirePass(name).apply(model, step?.settings ?? {}, context);
    for (const tensor of walkTensors(model)) rawBytesOf(tensor);
  });
  console.log(
    `${`${name} ${JSON.stringify(settings)}`.padEnd(52)} ${passMs.toFixed(0).padStart(6)} ms = ${(passMs / copyMs).toFixed(1)} × a copy of the weights (${copyMs.toFixed(0)} ms)`,
  );
}
