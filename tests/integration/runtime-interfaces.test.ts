/** The C interface of ONNX Runtime, compiled here, beside the one for JavaScript: the same models, inputs, results and refusals. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildNative } from '../../scripts/setup/native.mjs';
import { firstArrays } from '../../src/engine/inputs/first-arrays.ts';
import { type OpenInterface, openInterface } from '../../src/engine/interfaces/open-interface.ts';
import { readFileChunks } from '../../src/engine/datasets/read-file-chunks.ts';
import { addonPathOf } from '../../src/engine/native/addon.ts';
import { writeModel } from '../../src/engine/onnx/write-model.ts';
import type { CaseSettings } from '../../src/shared/case.ts';
import { modelOf, nodeOf, randomWeight } from '../fakes/small-model.ts';
import { generated, samplePath, settingsWith } from '../fakes/real-engine.ts';

let folder: string;
let programPath: string;
let c: OpenInterface;
let javaScript: OpenInterface;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-test-'));
  programPath = join(folder, 'src', 'engine', 'entry.ts');
  if (!(await buildNative(addonPathOf(programPath))))
    throw new Error('These tests need a C++ compiler; on Debian, g++ is one.');
  c = await openInterface('c', programPath);
  javaScript = await openInterface('javascript', programPath);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Of every kind of description: named and unnamed sizes, no dimension at all, several inputs, types of all widths. */
async function writeMixed(): Promise<string> {
  const path = join(folder, 'mixed.onnx');
  const model = modelOf(17, {
    inputs: {
      x: ['float32', ['batch', 4]],
      half: ['float16', ['batch', '']],
      small: ['int8', ['batch', 3]],
      wide: ['int64', ['length', 2]],
      double: ['float64', []],
      flag: ['bool', ['batch', 1]],
    },
    outputs: ['y', 'halves', 'smalls', 'wides', 'doubles', 'flags'],
    nodes: [
      nodeOf('MatMul', ['x', 'w'], ['y']),
      nodeOf('Add', ['half', 'half'], ['halves']),
      nodeOf('Identity', ['small'], ['smalls']),
      nodeOf('Add', ['wide', 'wide'], ['wides']),
      nodeOf('Mul', ['double', 'double'], ['doubles']),
      nodeOf('Not', ['flag'], ['flags']),
    ],
    weights: [randomWeight('w', [4, 5], 1)],
  });
  await writeModel(model, path);
  return path;
}

async function load(through: OpenInterface, path: string, changes: Partial<CaseSettings> = {}) {
  const settings = settingsWith(changes);
  const { session } = await through.createSession(path, { provider: 'node:cpu', settings });
  const about = { slots: session.slots, read: readFileChunks };
  session.feed((await firstArrays(about, settings, generated)).arrays);
  return session;
}

describe('the C interface', () => {
  test('is what was asked for, without a warning', () => {
    expect(c).toMatchObject({ runtimeInterface: 'c', warnings: [] });
  });

  test.each<[string, () => Promise<string> | string, Partial<CaseSettings>]>([
    ['a convolutional network', () => samplePath('fashion-resnet'), { batchSize: 3 }],
    ['a transformer on one thread', () => samplePath('fashion-vit'), { intraOpThreads: 1 }],
    ['a graph as it is', () => samplePath('fashion-mobilenet'), { graphOptimization: 'disabled' }],
    ['many types and shapes', writeMixed, { batchSize: 2, dimensions: { length: 7 } }],
  ])('describes %s alike, and gives the same bytes', async (_, pathOf, changes) => {
    const path = await pathOf();
    const through = await load(c, path, changes);
    const beside = await load(javaScript, path, changes);
    expect(through.slots).toEqual(beside.slots);
    const outputs = await through.readOutputs();
    expect(Object.keys(outputs).length).toBeGreaterThan(0);
    expect(outputs).toEqual(await beside.readOutputs());
    await through.release();
    await beside.release();
  });

  test('has the samples that were asked for, and begins none after the limit', async () => {
    const session = await load(c, samplePath('fashion-mobilenet'));
    const { startedAtMs, samplesMs } = await session.timeRuns({ settleRuns: 2, minimumSamples: 7, durationMs: 0 });
    expect(samplesMs).toHaveLength(7);
    expect(Math.min(...samplesMs)).toBeGreaterThan(0);
    expect(Math.abs(Date.now() - startedAtMs)).toBeLessThan(60_000);
    expect((await session.timeRuns({ settleRuns: 0, minimumSamples: 0, durationMs: 0 })).samplesMs).toHaveLength(1);
    const limited = { settleRuns: 0, minimumSamples: 1e9, durationMs: 1e9, limitMs: 30 };
    const inTime = (await session.timeRuns(limited)).samplesMs.slice(0, -1);
    expect(inTime.reduce((total, sampleMs) => total + sampleMs, 0)).toBeLessThan(30);
    await session.release();
  });

  test('lets the event loop have a turn within a long block', async () => {
    const session = await load(c, samplePath('fashion-mobilenet'));
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 10);
    const { samplesMs } = await session.timeRuns({ settleRuns: 0, minimumSamples: 1, durationMs: 2500 });
    clearInterval(timer);
    expect(turns).toBeGreaterThanOrEqual(2);
    const sum = samplesMs.reduce((total, sampleMs) => total + sampleMs, 0);
    expect(sum).toBeLessThan(2500 + (samplesMs.at(-1) as number));
    await session.release();
  });

  test('passes entries of the session on', async () => {
    // A value that ONNX Runtime checks itself.
    const settings = settingsWith({ sessionConfig: { 'session.intra_op_thread_affinities': 'nonsense' } });
    const options = { provider: 'node:cpu', settings: { ...settings, intraOpThreads: 2 } } as const;
    const path = samplePath('fashion-mobilenet');
    const refusals = [c, javaScript].map((through) => through.createSession(path, options).then(() => null, String));
    const [ours, theirs] = await Promise.all(refusals);
    expect(ours).not.toBeNull();
    expect(ours).toBe(theirs);
  });

  test('refuses what the other refuses, in the same words', async () => {
    const broken = join(folder, 'broken.onnx');
    writeFileSync(broken, Buffer.alloc(100, 7));
    for (const path of [broken, join(folder, 'missing.onnx'), folder]) {
      const options = { provider: 'node:cpu', settings: settingsWith() } as const;
      const refusals = [c, javaScript].map((through) =>
        through.createSession(path, options).then(
          () => null,
          ({ kind, message }) => ({ kind, message }),
        ),
      );
      const [ours, theirs] = await Promise.all(refusals);
      expect(ours).not.toBeNull();
      expect(ours).toEqual(theirs);
    }
  });

  test('says so when a session was given back', async () => {
    const session = await load(c, samplePath('fashion-mobilenet'));
    await session.release();
    await expect(session.timeRuns({ settleRuns: 0, minimumSamples: 1, durationMs: 0 })).rejects.toThrow(
      'The session was given back.',
    );
  });
});

describe('without a C interface', () => {
  const obstacleAt = async (path: string): Promise<OpenInterface> => openInterface('c', path);

  test('runs go through JavaScript, with the way out', async () => {
    const opened = await obstacleAt(join(folder, 'elsewhere', 'src', 'engine', 'entry.ts'));
    expect(opened.runtimeInterface).toBe('javascript');
    expect(opened.warnings).toEqual([
      { kind: 'no-c-interface', message: expect.stringMatching(/built without its C interface.*apt install g\+\+/) },
    ]);
    const session = await load(opened, samplePath('fashion-mobilenet'));
    expect(Object.keys(await session.readOutputs())).toEqual(['logits']);
    await session.release();
  });

  test('that is damaged, they do too', async () => {
    const path = join(folder, 'damaged', 'src', 'engine', 'entry.ts');
    mkdirSync(join(addonPathOf(path), '..'), { recursive: true });
    writeFileSync(addonPathOf(path), 'no library');
    const { runtimeInterface, warnings } = await obstacleAt(path);
    expect(runtimeInterface).toBe('javascript');
    expect(warnings[0]?.message).toMatch(/cannot be loaded: .*/);
    expect(existsSync(addonPathOf(path))).toBe(true);
  });
});
