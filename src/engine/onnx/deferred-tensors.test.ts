import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { convertTensor, deferTensors, mapTensor } from './deferred-tensors.ts';
import { encodeFloat16 } from './half.ts';
import { createNode, graphSchema, type ModelProto, modelSchema, type TensorProto } from './ir.ts';
import { loadModel } from './load-model.ts';
import { createMessage } from './message.ts';
import { floatsOf, rawBytesOf, tensorFrom, withFloats } from './tensor-contents.ts';
import { writeModel } from './write-model.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-deferred-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function modelOf(initializers: TensorProto[]): ModelProto {
  const nodes = [createNode({ opType: 'Identity', inputs: [initializers[0]?.name ?? ''], outputs: ['y'] })];
  return createMessage(modelSchema, { irVersion: 8, graph: createMessage(graphSchema, { nodes, initializers }) });
}

const KIBIBYTE = 1024;

/** Two tensors from one computation that counts its calls: a large one, and one of 4 bytes. */
function counted(name: string, sizeBytes: number) {
  const calls = { count: 0 };
  const tensors = deferTensors(
    [
      { name: `${name}_values`, type: 'uint8', dims: [sizeBytes] },
      { name: `${name}_scale`, type: 'float32', dims: [] },
    ],
    () => {
      calls.count += 1;
      return [new Uint8Array(sizeBytes).fill(7), Float32Array.of(0.5)];
    },
  );
  return { calls, tensors };
}

describe('tensors that are computed when they are written', () => {
  test('are not computed before', () => {
    const { calls, tensors } = counted('w', 8);
    expect(tensors.map(({ name, dims }) => [name, dims])).toEqual([
      ['w_values', [8]],
      ['w_scale', []],
    ]);
    expect(calls.count).toBe(0);
  });

  test('give the file that computed ones give', async () => {
    const plain = modelOf([
      tensorFrom('w_values', 'uint8', [8], new Uint8Array(8).fill(7)),
      tensorFrom('w_scale', 'float32', [], Float32Array.of(0.5)),
    ]);
    await writeModel(plain, join(folder, 'plain.onnx'));
    await writeModel(modelOf(counted('w', 8).tensors), join(folder, 'deferred.onnx'));
    expect(readFileSync(join(folder, 'deferred.onnx')).equals(readFileSync(join(folder, 'plain.onnx')))).toBe(true);
  });

  test('are computed once for all that one computation gives, in one file or with external data', async () => {
    for (const largestSingleFileBytes of [2 ** 30, 0.5 * KIBIBYTE]) {
      const made = ['a', 'b', 'c'].map((name) => counted(name, 64 * KIBIBYTE));
      await writeModel(modelOf(made.flatMap(({ tensors }) => tensors)), join(folder, 'once.onnx'), {
        largestSingleFileBytes,
      });
      expect(made.map(({ calls }) => calls.count)).toEqual([1, 1, 1]);
    }
  });

  test('are forgotten when others need the room, and computed again when they are wanted again', () => {
    const [first, second] = [counted('a', 12 * 2 ** 20), counted('b', 12 * 2 ** 20)];
    const [values, scale] = first.tensors as [TensorProto, TensorProto];
    rawBytesOf(values);
    rawBytesOf(values);
    expect(first.calls.count).toBe(1);
    rawBytesOf(second.tensors[0] as TensorProto);
    expect([...floatsOf(scale)]).toEqual([0.5]);
    expect(first.calls.count).toBe(1);
    expect(rawBytesOf(values).every((byte) => byte === 7)).toBe(true);
    expect(first.calls.count).toBe(2);
  });

  test('keep what they were planned from when the model is edited afterwards', async () => {
    const weight = tensorFrom('w', 'float32', [2], Float32Array.of(1, 2));
    const half = convertTensor('half', 'float16', weight, encodeFloat16);
    weight.rawData = new Uint8Array(8);
    expect([...floatsOf(half)]).toEqual([1, 2]);
  });

  test('that come out with another size than planned are refused', () => {
    const [tensor] = deferTensors([{ name: 'w', type: 'float32', dims: [3] }], () => [Float32Array.of(1)]);
    expect(() => rawBytesOf(tensor as TensorProto)).toThrow('“w” was planned with 12 bytes and came out with 4.');
  });
});

describe('writing', () => {
  test('leaves the model as it was, whichever way its weights went', async () => {
    const path = join(folder, 'split.onnx');
    const values = Float32Array.from({ length: 4096 }, (_, index) => index);
    const model = modelOf([tensorFrom('w', 'float32', [4096], values)]);
    const written = await writeModel(model, path, { largestSingleFileBytes: KIBIBYTE });
    expect(written.externalDataFiles).toEqual(['split.onnx.data']);
    expect(written.sizeBytes).toBe(statSync(path).size + statSync(`${path}.data`).size);
    expect(model.graph?.initializers[0]).toMatchObject({ dataLocation: 0, externalData: [] });
    await writeModel(model, join(folder, 'whole.onnx'));

    const { model: split } = await loadModel(path);
    const before = { ...split.graph?.initializers[0] };
    await writeModel(split, join(folder, 'again.onnx'));
    expect(split.graph?.initializers[0]).toEqual(before);
    expect(readFileSync(join(folder, 'again.onnx')).equals(readFileSync(join(folder, 'whole.onnx')))).toBe(true);
  });

  test('converts weights in external data piece by piece', async () => {
    // More than one piece of the file.
    const count = 3 * 2 ** 20;
    const values = Float32Array.from({ length: count }, (_, index) => index % 1000);
    const path = join(folder, 'pieces.onnx');
    await writeModel(modelOf([tensorFrom('w', 'float32', [count], values)]), path, {
      largestSingleFileBytes: KIBIBYTE,
    });
    const { model } = await loadModel(path);
    const sizes: number[] = [];
    const half = convertTensor('half', 'float16', model.graph?.initializers[0] as TensorProto, (piece) => {
      sizes.push(piece.length);
      return encodeFloat16(piece);
    });
    expect(Buffer.from(rawBytesOf(half)).equals(Buffer.from(encodeFloat16(values).buffer))).toBe(true);
    expect(sizes).toEqual([2 ** 20, 2 ** 20, 2 ** 20]);
  });

  test('tells how far it is', async () => {
    const told: [number, number][] = [];
    const model = modelOf(['a', 'b', 'c', 'd'].flatMap((name) => counted(name, KIBIBYTE).tensors));
    const { sizeBytes } = await writeModel(model, join(folder, 'told.onnx'), {
      onBytes: (...progress) => told.push(progress),
    });
    expect(told.length).toBeGreaterThan(2);
    expect(told.at(-1)).toEqual([sizeBytes, sizeBytes]);
    expect(told.map(([done]) => done)).toEqual(told.map(([done]) => done).toSorted((a, b) => a - b));
  });
});

describe('elements that are changed one by one', () => {
  test.each([
    ['computed at once', 100],
    ['computed piece by piece', 3 * 2 ** 20],
  ])('of a tensor, %s, know their index', async (_, count) => {
    const values = Float32Array.from({ length: count }, (__, index) => index % 1000);
    const path = join(folder, 'mapped.onnx');
    await writeModel(modelOf([tensorFrom('w', 'float32', [count], values)]), path);
    const { model } = await loadModel(path, { leavesWeights: true });
    const tensor = model.graph?.initializers[0] as TensorProto;
    const mapped = mapTensor('changed', tensor, (given) => {
      for (const [index, value] of given.entries()) given[index] = 2 * value - (index % 7);
    });
    expect(mapped.rawData instanceof Uint8Array).toBe(count === 100);
    const expected = values.map((value, index) => 2 * value - (index % 7));
    expect(Buffer.from(rawBytesOf(mapped)).equals(Buffer.from(expected.buffer))).toBe(true);
    const negated = mapTensor('negated', mapped, (given) => {
      for (const [index, value] of given.entries()) given[index] = -value;
    });
    const negative = expected.map((value) => -value);
    for (const bytes of [rawBytesOf(negated), withFloats(negated, (given) => Buffer.from(given.slice().buffer))])
      expect(Buffer.from(bytes).equals(Buffer.from(negative.buffer))).toBe(true);
  });
});
