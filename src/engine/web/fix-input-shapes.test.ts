import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inspectModel } from '../onnx/inspect-model.ts';
import { fixInputShapes } from './fix-input-shapes.ts';

const samplesPath = join(import.meta.dirname, '../../../resources/samples');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-shapes-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (name: string): Uint8Array<ArrayBuffer> => Uint8Array.from(readFileSync(join(samplesPath, name)));

test('a symbolic batch becomes a number, and nothing else changes', async () => {
  const path = join(folder, 'fixed.onnx');
  writeFileSync(path, fixInputShapes(read('fashion-resnet.onnx'), { image: [300, 1, 28, 28] }));
  const { sha256: _, sizeBytes: __, ...fixed } = await inspectModel(path);
  const { sha256: ___, sizeBytes: ____, ...original } = await inspectModel(join(samplesPath, 'fashion-resnet.onnx'));
  expect(original.inputs[0]?.shape).toEqual(['batch', 1, 28, 28]);
  expect(fixed.inputs).toEqual([{ ...original.inputs[0], shape: [300, 1, 28, 28] }]);
  expect({ ...fixed, inputs: [], macs: 0 }).toEqual({ ...original, inputs: [], macs: 0 });
});

test('inputs that are not named stay as they are', () => {
  const bytes = read('fashion-vit.onnx');
  expect(fixInputShapes(bytes, { other: [1] })).toEqual(bytes);
});

test('bytes that are cut off are refused', () => {
  const bytes = read('fashion-vit.onnx');
  expect(() => fixInputShapes(bytes.slice(0, bytes.length / 2), {})).toThrow('ends inside');
});
