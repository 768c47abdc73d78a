import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modelOf, nodeOf } from '../../../tests/fakes/small-model.ts';
import { writeModel } from '../onnx/write-model.ts';
import { type Compared, estimateComparison } from './estimate-comparison.ts';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-estimate-'));
  path = join(folder, 'model.onnx');
  // Input, what is between, and output live at the same time: 3 tensors of 4 × 2^20 bytes.
  const model = modelOf(17, {
    inputs: { x: ['float32', ['batch', 1024, 1024]] },
    outputs: ['y'],
    nodes: [nodeOf('Exp', ['x'], ['a']), nodeOf('Neg', ['a'], ['y'])],
  });
  await writeModel(model, path);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what a comparison needs', () => {
  const beside = 128 * 2 ** 20 + 3 * 4 * 2 ** 20;
  const of = (sizeBytes: number, bytesByDtype: Compared['bytesByDtype'] = {}) => ({ sizeBytes, bytesByDtype });
  test.each([
    ['the larger of the two, as one is gone by then', of(1e9), of(2e8), 1.5e9],
    ['a result in 16 bits as the float32 that is made of it', of(1e8), of(6e8, { float16: 6e8 }), 1.8e9],
    ['what is 16 bits wide already in the parent, too', of(1e9, { bfloat16: 5e8 }), of(1e8), 2.25e9],
  ])('is weights laid out, %s, and activations of one item', async (_words, parent, result, weights) => {
    const estimate = await estimateComparison({
      parent: { ...parent, path },
      result: { ...result, path: '' },
      inputs: { kind: 'generated', seed: 1 },
    });
    expect(estimate).toBe(weights + beside);
  });
});
