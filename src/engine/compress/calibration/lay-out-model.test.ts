/** In the real ONNX Runtime. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { modelOf, nodeOf, randomFloats, randomWeight } from '../../../../tests/fakes/small-model.ts';
import { loadOnnxRuntime } from '../../runtime/onnxruntime.ts';
import { layOutModel } from './lay-out-model.ts';
import { observeWhole } from './observe-tensors.ts';
import { openSession } from './open-session.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-laid-out-'));
  vi.stubEnv('TMPDIR', folder);
  vi.stubEnv('TEMP', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const SIZES = [1, 512, 8, 8];

/** Two convolutions of 18 MiB together, whose results can be seen. */
const large = modelOf(17, {
  inputs: { x: ['float32', SIZES] },
  outputs: ['seen', 'y'],
  nodes: [
    nodeOf('Conv', ['x', 'first'], ['made'], { pads: [1n, 1n, 1n, 1n] }),
    nodeOf('Relu', ['made'], ['hidden']),
    nodeOf('GlobalMaxPool', ['hidden'], ['seen']),
    nodeOf('Conv', ['hidden', 'second'], ['y'], { pads: [1n, 1n, 1n, 1n] }),
  ],
  weights: [randomWeight('first', [512, 512, 3, 3], 1), randomWeight('second', [512, 512, 3, 3], 2)],
});
const small = modelOf(17, {
  inputs: { x: ['float32', SIZES] },
  outputs: ['seen', 'y'],
  nodes: [nodeOf('Relu', ['x'], ['y']), nodeOf('GlobalMaxPool', ['y'], ['seen'])],
  weights: [],
});

test.each([
  ['of large convolutions', large],
  ['of small models', small],
])('parts %s give the bits of the whole, only what is asked for, and leave nothing behind', async (_, model) => {
  const ort = await loadOnnxRuntime();
  const feeds = { x: new ort.Tensor('float32', randomFloats(512 * 64, 3), SIZES) };
  const whole = await openSession(observeWhole(model, ['seen', 'y']), 'node:cpu');
  const expected = await whole.run(feeds);
  await whole.release();
  const { open, remove } = await layOutModel(model, 'node:cpu');
  for (const names of [['seen', 'y'], ['seen'], ['y']]) {
    const session = await open(names);
    const results = await session.run(feeds);
    expect(Object.keys(results).sort()).toEqual(names);
    for (const name of names) expect(results[name]?.data).toEqual(expected[name]?.data);
    await session.release();
  }
  await remove();
  expect(readdirSync(folder)).toEqual([]);
});
