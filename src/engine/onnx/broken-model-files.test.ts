import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '#shared/app-error.ts';
import { serializeTree } from '../../../tests/fuzz/wire-tree.ts';
import { inferDtypes } from './infer-dtypes.ts';
import { inspectModel } from './inspect-model.ts';
import { createAttribute, createNode, type GraphProto, graphSchema, modelSchema, valueInfoSchema } from './ir.ts';
import { loadModel } from './load-model.ts';
import { createMessage } from './message.ts';
import { tensorFrom } from './tensor-contents.ts';
import { writeModel } from './write-model.ts';

const samplesPath = join(import.meta.dirname, '../../../resources/samples');

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

test.each([
  ['net.pt', 'PK\u{3}\u{4}', 'has to be exported first: torch.onnx.export('],
  ['net.tflite', 'TFL3', 'tf2onnx'],
  ['images.npz', 'PK\u{3}\u{4}', 'Arrays are inputs'],
  ['net.onnx.data', '\u{7}\u{7}\u{7}', 'import the .onnx file beside it'],
])('%s is told by what it is, with the way out', async (name, bytes, message) => {
  await expect(loadModel(write(name, bytes))).rejects.toMatchObject({
    kind: 'invalid-model',
    message: expect.stringContaining(`“${name}” is not an ONNX model. `),
  });
  await expect(loadModel(write(name, bytes))).rejects.toThrow(message);
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

/** Each was found by `bench/fuzz-onnx.ts`. */
describe('a damaged model whose parts are whole', () => {
  const tensorOf = (name: string, dims: number[]) => tensorFrom(name, 'int64', dims, new BigInt64Array(0));
  const doubling = Array.from({ length: 60 }, (_, index) =>
    createNode({
      opType: 'Concat',
      inputs: [`v${index}`, `v${index}`],
      outputs: [`v${index + 1}`],
      attributes: [createAttribute('axis', 0n)],
    }),
  );

  test.each<[string, Partial<GraphProto>]>([
    [
      'an operator with the name of what every object has',
      { nodes: [createNode({ opType: 'constructor', inputs: ['x'], outputs: ['y'] })] },
    ],
    ['an operator that is called like a prototype', { nodes: [createNode({ opType: '__proto__', outputs: ['y'] })] }],
    [
      'a reshape to two billion dimensions',
      {
        nodes: [createNode({ opType: 'Reshape', inputs: ['x', 'shape'], outputs: ['y'] })],
        initializers: [tensorOf('shape', [2 ** 31])],
      },
    ],
    [
      'a shape that doubles with every node',
      { nodes: doubling, initializers: [tensorFrom('v0', 'int64', [2], BigInt64Array.of(1n, 2n))] },
    ],
  ])('%s is inspected all the same', async (_name, parts) => {
    const opsetImports = [{ domain: '', version: 17 }];
    const graph = createMessage(graphSchema, { ...parts, outputs: [createMessage(valueInfoSchema, { name: 'y' })] });
    const path = join(folder, 'found.onnx');
    await writeModel(createMessage(modelSchema, { irVersion: 8, graph, opsetImports }), path);
    const { nodeCount } = await inspectModel(path);
    expect(nodeCount).toBe(graph.nodes.length);
    expect(inferDtypes(graph).get('y')).toBeUndefined();
  });

  test('of four million empty parts is refused before they fill the memory', async () => {
    const parts = Buffer.alloc(4_000_000);
    for (let index = 0; index < parts.length; index += 2) parts[index] = 0x0a;
    const file = serializeTree([{ number: 7, wireType: 2, value: parts }]);
    await expect(loadModel(write('many.onnx', file))).rejects.toMatchObject({
      kind: 'invalid-model',
      message: expect.stringContaining('more parts than a model can sensibly have'),
    });
  });
});
