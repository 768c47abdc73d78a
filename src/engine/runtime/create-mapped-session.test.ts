import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { caseSettingsSchema } from '#shared/case.ts';
import { loadModel } from '../onnx/load-model.ts';
import { createMappedSession } from './create-mapped-session.ts';
import { createSession } from './create-session.ts';
import { generateFeeds, inputSlotsOf } from './make-feeds.ts';
import { loadOnnxRuntime } from './onnxruntime.ts';
import { resolveShapes } from './resolve-shapes.ts';
import { bytesOf } from './tensor-values.ts';

const path = join(import.meta.dirname, '../../../resources/samples/fashion-resnet.onnx');
const options = { provider: 'node:cpu', settings: caseSettingsSchema.parse({}) } as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-mapped-'));
  vi.stubEnv('TMPDIR', folder);
  vi.stubEnv('TEMP', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test('a model with mapped weights gives the same bits as its file, and leaves nothing behind', async () => {
  const { model } = await loadModel(path, { leavesWeights: true });
  const ort = await loadOnnxRuntime();
  const outputs: Buffer[] = [];
  for (const session of [await createMappedSession(model, options), (await createSession(path, options)).session]) {
    const { inputs } = resolveShapes(inputSlotsOf(session), options.settings);
    const results = await session.run(generateFeeds(ort, inputs, 1));
    const [result] = Object.values(results);
    outputs.push(Buffer.from(bytesOf('output', result as NonNullable<typeof result>)));
    await session.release();
  }
  expect(outputs[0]?.equals(outputs[1] as Buffer)).toBe(true);
  expect(readdirSync(folder)).toEqual([]);
});

test('a model that does not load leaves nothing behind', async () => {
  const { model } = await loadModel(path);
  const [node] = model.graph?.nodes ?? [];
  if (node) node.opType = 'NoSuchOperator';
  await expect(createMappedSession(model, options)).rejects.toMatchObject({ kind: 'invalid-model' });
  expect(readdirSync(folder)).toEqual([]);
});
