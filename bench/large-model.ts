/**
 * Memory and time of a model that is larger than memory should have to be: `node bench/large-model.ts [gigabytes] [settings of
 * quantize-weights as JSON]`. Makes a model of matrix products with random weights in external data (4 GB by default), then lets
 * real engine processes inspect it, check it, and quantize its weights, and samples what they hold.
 *
 * Counted: `VmHWM` of /proc/PID/status, the most that was ever resident, which the kernel keeps exactly; it includes pages of
 * mapped files. Beside it the largest sample (one in 20 ms) of RssAnon, memory that only the process itself holds, and of RssFile,
 * pages of mapped files, which the kernel takes back when others need room. Linux only.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineMethod, EngineParams, EngineResult } from '#shared/engine-protocol.ts';
import { formatBytes } from '#shared/format.ts';
import { createEngineHost } from '#workbench/engine-process/engine-host.ts';
import { writeLargeModel } from '../tests/fakes/large-model.ts';
import { enginePath } from './temporary-workbench.ts';

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
    parentSha256: '0'.repeat(64),
    originalSha256: '0'.repeat(64),
    whittleVersion: 'bench',
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

type Phase = { name: string; hwm: number; anon: number; file: number };

/** One request in a process of its own, with its figures up to the end of each part that it reports. */
async function observe<M extends EngineMethod>(method: M, params: EngineParams<M>): Promise<EngineResult<M>> {
  const engine = await host.start();
  const phases: Phase[] = [];
  const sample = (): void => {
    const status = readFileSync(`/proc/${engine.pid}/status`, 'utf8');
    const bytesOf = (field: string): number => 1024 * Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
    const phase = phases.at(-1) as Phase;
    phase.hwm = bytesOf('VmHWM');
    phase.anon = Math.max(phase.anon, bytesOf('RssAnon'));
    phase.file = Math.max(phase.file, bytesOf('RssFile'));
  };
  const enter = (name: string): void => {
    if (name === phases.at(-1)?.name) return;
    if (phases.length > 0) sample();
    phases.push({ name, hwm: 0, anon: 0, file: 0 });
    sample();
  };
  enter('start');
  const timer = setInterval(sample, 20);
  const startMs = performance.now();
  try {
    return await engine.request(method, params, {
      silenceLimitMs: 600_000,
      onProgress: ({ message }) => enter(message.replace(/\d.*$/, '').trim()),
    });
  } finally {
    const seconds = (performance.now() - startMs) / 1000;
    clearInterval(timer);
    if (engine.pid !== undefined) sample();
    await engine.kill();
    console.log(`${method}: ${seconds.toFixed(1)} s`);
    for (const { name, hwm, anon, file } of phases) {
      console.log(
        `  ${name.padEnd(40)} VmHWM ${megabytes(hwm)}   RssAnon ${megabytes(anon)}   RssFile ${megabytes(file)}`,
      );
    }
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0).padStart(6)} MB`;
}
