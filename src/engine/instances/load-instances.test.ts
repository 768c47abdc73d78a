import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { caseSettingsSchema } from '#shared/case.ts';
import { loadInstances } from './load-instances.ts';

let folder = '';
beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'whittle-instances-'))));
afterEach(async () => rm(folder, { recursive: true, force: true }));

const READY = "{ kind: 'ready', loadMs: 1, warnings: [] }";
const PARAMS = {
  path: 'model.onnx',
  provider: 'node:cpu',
  settings: caseSettingsSchema.parse({}),
  inputs: { kind: 'generated', seed: 1 },
  instanceCount: 1,
} as const;

async function load(program: string) {
  const programPath = path.join(folder, 'instance.mjs');
  await writeFile(programPath, `import { parentPort } from 'node:worker_threads';\n${program}`);
  return loadInstances(PARAMS, { programPath });
}

/** The thread that is started next. */
function nextThread(): Promise<Worker> {
  return new Promise((resolve) => void process.once('worker', resolve));
}

const serveOne = { arrivalsMs: Float64Array.of(0), limitMs: 1000, stop: null };

it.each([
  ['ended', 'process.exit()', 'ended by itself'],
  ['threw', "throw new Error('Out of luck.')", 'luck'],
])('a thread that %s between requests fails the next one at once', async (_what, end, message) => {
  const starting = nextThread();
  // Only when it is told to: what it did right after it was ready might be known before that it was.
  const { instances } = await load(`parentPort.once('message', () => { ${end}; }); parentPort.postMessage(${READY});`);
  const thread = await starting;
  thread.postMessage('end');
  // Whoever listened before is told before.
  await new Promise((resolve) => void thread.once('exit', resolve));
  await expect(instances.serve(serveOne, () => {})).rejects.toThrow(message);
});

it('a thread that ends before it is ready fails the loading', async () => {
  await expect(load('process.exit();')).rejects.toThrow('The thread of instance 1 ended by itself.');
});
