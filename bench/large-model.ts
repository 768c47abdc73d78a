/**
 * Memory and time of a model that is larger than memory should have to be: `node bench/large-model.ts [gigabytes] [settings of
 * quantize-weights as JSON]`. Makes a model of matrix products with random weights in external data (4 GB by default), then lets
 * real engine processes inspect it, check it, and quantize its weights, and samples what they hold.
 *
 * Counted for each part of the work: `VmHWM`, `RssAnon` and `RssFile` of /proc/PID/status, see `observe-engine.ts`. Linux only.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineMethod, EngineParams, EngineResult } from '#shared/engine-protocol.ts';
import { formatBytes } from '#shared/format.ts';
import { createEngineHost } from '#workbench/engine-process/engine-host.ts';
import { writeLargeModel } from '../tests/fakes/large-model.ts';
import { observeEngine } from './observe-engine.ts';
import { enginePath } from './temporary-workbench.ts';
import { NO_ORIGIN } from '../tests/fakes/no-origin.ts';

const gigabytes = Number(process.argv[2] ?? 4);
const settings = { method: 'nearest', ...(JSON.parse(process.argv[3] ?? '{}') as object) };

const folder = mkdtempSync(join(tmpdir(), 'whittle-large-'));
const host = createEngineHost({ enginePath });
try {
  const path = join(folder, 'large.onnx');
  const { sizeBytes, parameterCount } = await writeLargeModel(path, { sizeBytes: gigabytes * 1e9, width: 2048 });
  console.log(
    `${formatBytes(sizeBytes)}, ${(parameterCount / 1e9).toFixed(2)} billion weights, float32, in external data`,
  );
  await observe('model.inspect', { path });
  await observe('model.check', { path });
  const outputPath = join(folder, 'small.onnx');
  const made = await observe('model.compress', {
    path,
    outputPath,
    ...NO_ORIGIN,
    recipe: { version: 1, name: 'bench', passes: [{ pass: 'quantize-weights', settings }] },
    inputs: { kind: 'generated', seed: 1 },
  });
  console.log(`${formatBytes(made.inspection.sizeBytes)} after quantize-weights ${JSON.stringify(settings)}`);
  console.log(`cosine to the parent ${made.fidelity?.cosine ?? 'not measured'}`);
  for (const { findings } of made.steps) for (const { message } of findings) console.log(`  ${message}`);
} finally {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
}

/** One request in a process of its own, with its figures up to the end of each part that it reports. */
async function observe<M extends EngineMethod>(method: M, params: EngineParams<M>): Promise<EngineResult<M>> {
  const engine = await host.start({ returnsMemory: true });
  const startMs = performance.now();
  try {
    const { phases, result } = await observeEngine(engine, method, params);
    console.log(`${method}: ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
    for (const { name, residentBytes, anonymousBytes, fileBytes } of phases) {
      console.log(
        `  ${name.padEnd(40)} VmHWM ${megabytes(residentBytes)}   RssAnon ${megabytes(anonymousBytes)}   RssFile ${megabytes(fileBytes)}`,
      );
    }
    return result;
  } finally {
    await engine.kill();
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0).padStart(6)} MB`;
}
