import { describe, expect, test } from 'vitest';
import { encodeVarint } from '../../../tests/fuzz/wire-tree.ts';
import { ELEMENT_TYPES, type ElementType } from './element-types.ts';
import { createTensor, tensorSchema, type TensorProto } from './ir.ts';
import { decodeMessage, startLimits } from './message.ts';
import { floatsOf, integersOf, rawBytesOf, tensorFrom } from './tensor-contents.ts';
import { cursorOver } from './wire.ts';

const varints = (...values: bigint[]): Buffer => Buffer.concat(values.map(encodeVarint));
const bytesOf = (values: ArrayBufferView): number[] => [
  ...new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
];

/** Which field of a tensor holds which type is told in onnx.proto, beside each field. Types below 8 bits share the bytes of an int32. */
const typedFields: [ElementType, number[], Partial<TensorProto>, number[]][] = [
  ['float32', [2], { floatData: Buffer.from(Float32Array.of(1.5, -2).buffer) }, bytesOf(Float32Array.of(1.5, -2))],
  ['float64', [2], { doubleData: Buffer.from(Float64Array.of(1.5, -2).buffer) }, bytesOf(Float64Array.of(1.5, -2))],
  ['complex64', [1], { floatData: Buffer.from(Float32Array.of(1, 2).buffer) }, bytesOf(Float32Array.of(1, 2))],
  ['complex128', [1], { doubleData: Buffer.from(Float64Array.of(1, 2).buffer) }, bytesOf(Float64Array.of(1, 2))],
  ['int64', [2], { int64Data: varints(-5n, 2n ** 62n) }, bytesOf(BigInt64Array.of(-5n, 2n ** 62n))],
  ['uint64', [2], { uint64Data: varints(2n ** 64n - 1n, 3n) }, bytesOf(BigUint64Array.of(2n ** 64n - 1n, 3n))],
  ['uint32', [2], { uint64Data: varints(4_000_000_000n, 3n) }, bytesOf(Uint32Array.of(4_000_000_000, 3))],
  // A negative int32 takes ten bytes on the wire.
  ['int32', [2], { int32Data: varints(-5n, 2_000_000_000n) }, bytesOf(Int32Array.of(-5, 2_000_000_000))],
  ['int16', [2], { int32Data: varints(-5n, 30_000n) }, bytesOf(Int16Array.of(-5, 30_000))],
  ['uint16', [2], { int32Data: varints(60_000n, 3n) }, bytesOf(Uint16Array.of(60_000, 3))],
  ['int8', [2], { int32Data: varints(-5n, 127n) }, [251, 127]],
  ['uint8', [2], { int32Data: varints(200n, 3n) }, [200, 3]],
  ['bool', [2], { int32Data: varints(1n, 0n) }, [1, 0]],
  ['float16', [2], { int32Data: varints(0x3c00n, 0xc000n) }, [0, 0x3c, 0, 0xc0]],
  ['bfloat16', [2], { int32Data: varints(0x3f80n, 0xc000n) }, [0x80, 0x3f, 0, 0xc0]],
  ['float8e4m3fn', [1], { int32Data: varints(0xb8n) }, [0xb8]],
  ['float8e4m3fnuz', [1], { int32Data: varints(0xb8n) }, [0xb8]],
  ['float8e5m2', [1], { int32Data: varints(0xbcn) }, [0xbc]],
  ['float8e5m2fnuz', [1], { int32Data: varints(0xbcn) }, [0xbc]],
  ['float8e8m0', [1], { int32Data: varints(127n) }, [127]],
  ['uint4', [3], { int32Data: varints(0x3fn, 0x01n) }, [0x3f, 0x01]],
  ['int4', [3], { int32Data: varints(0xf3n, 0x01n) }, [0xf3, 0x01]],
  ['float4e2m1', [2], { int32Data: varints(0x31n) }, [0x31]],
  ['uint2', [5], { int32Data: varints(0b11_10_01_00n, 0b01n) }, [0b11_10_01_00, 0b01]],
  ['int2', [5], { int32Data: varints(0b11_10_01_00n, 0b01n) }, [0b11_10_01_00, 0b01]],
];

describe('the elements of a tensor', () => {
  test.each(typedFields)('%s %j are the same from its typed field and raw', (type, dims, data, expected) => {
    const dataType = ELEMENT_TYPES[type].code;
    expect([...rawBytesOf(createTensor({ name: 'w', dims, dataType, ...data }))]).toEqual(expected);
    expect([...rawBytesOf(createTensor({ name: 'w', dims, dataType, rawData: Uint8Array.from(expected) }))]).toEqual(
      expected,
    );
  });

  test('covers every element type that holds numbers', () => {
    expect(new Set(typedFields.map(([type]) => type))).toEqual(
      new Set(Object.keys(ELEMENT_TYPES).filter((type) => type !== 'string')),
    );
  });

  test('are the same whether numbers are packed or each has its tag', () => {
    const head = [0x08, 3, 0x10, ELEMENT_TYPES.int32.code];
    const packed = Buffer.from([...head, 0x2a, 4, 1, 0x80, 1, 7]);
    const single = Buffer.from([...head, 0x28, 1, 0x28, 0x80, 1, 0x28, 7]);
    const mixed = Buffer.from([...head, 0x28, 1, 0x2a, 2, 0x80, 1, 0x28, 7]);
    for (const bytes of [packed, single, mixed]) {
      const tensor = decodeMessage(tensorSchema, cursorOver(bytes), startLimits(bytes.length));
      expect(integersOf(tensor)).toEqual([1, 128, 7]);
    }
  });

  test.each<[string, number[], Partial<TensorProto>, RegExp]>([
    ['too few', [3], { rawData: new Uint8Array(8) }, /holds 8 bytes where \[3\] of float32 need 12\.$/],
    ['none', [2], {}, /holds 0 bytes/],
    ['negative dims', [-1, -2], { rawData: new Uint8Array(8) }, /cannot have the dimensions \[-1, -2\]\.$/],
    ['giant dims', [2 ** 31, 2 ** 31], { rawData: new Uint8Array(8) }, /cannot have the dimensions/],
  ])('of %s are refused', (_name, dims, data, message) => {
    const tensor = createTensor({ name: 'w', dims, dataType: ELEMENT_TYPES.float32.code, ...data });
    expect(() => rawBytesOf(tensor)).toThrow(
      expect.objectContaining({ kind: 'invalid-model', message: expect.stringMatching(message) }),
    );
  });

  test('of bfloat16 as floats', () => {
    const tensor = tensorFrom('w', 'bfloat16', [2], Uint16Array.of(0x3f80, 0xc000));
    expect([...floatsOf(tensor)]).toEqual([1, -2]);
  });
});
