import { crc32, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '#shared/app-error.ts';
import { readNumbers } from '../runtime/tensor-values.ts';
import { readArrays } from './read-arrays.ts';

type Header = { descr?: string; fortran?: boolean; shape: number[]; version?: 1 | 2 | 3 };

function npy({ descr = '<f4', fortran = false, shape, version = 1 }: Header, data: ArrayBufferView): Buffer {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${sizes}), }\n`;
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(text.length);
  else length.writeUInt32LE(text.length);
  const start = Buffer.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0);
  return Buffer.concat([start, length, Buffer.from(text), Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}

/** As numpy.savez writes it: the local header has its sizes in a Zip64 part, and the directory has none. */
function zip(
  files: Record<string, Buffer>,
  options: { deflated?: boolean; flags?: number; method?: number } = {},
): Buffer {
  const { deflated = false, flags = 0, method = deflated ? 8 : 0 } = options;
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const packed = deflated ? deflateRawSync(content) : content;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(45, 4);
    local.writeUInt16LE(flags, 6);
    local.writeUInt16LE(method, 8);
    local.writeUInt32LE(crc32(content), 14);
    local.fill(0xff, 18, 26);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(20, 28);
    const sizes = Buffer.alloc(20);
    sizes.writeUInt16LE(1);
    sizes.writeUInt16LE(16, 2);
    sizes.writeBigUInt64LE(BigInt(content.length), 4);
    sizes.writeBigUInt64LE(BigInt(packed.length), 12);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50);
    central.writeUInt16LE(45, 4);
    central.writeUInt16LE(45, 6);
    central.writeUInt16LE(flags, 8);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(crc32(content), 16);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(content.length, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(at, 42);
    directory.push(central, Buffer.from(name));
    parts.push(local, Buffer.from(name), sizes, packed);
    at += 50 + name.length + packed.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, entries, end]);
}

const read = (bytes: Buffer) =>
  readArrays(
    async function* () {
      // In pieces, as files come.
      for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
    },
    { path: '/data/x.npz', fileName: 'x.npz' },
  );

const numbers = Float32Array.of(1, 2, 3, 4, 5, 6);

describe('arrays', () => {
  test.each([
    ['stored', {}],
    ['deflated', { deflated: true }],
  ])('of an archive have its names: %s', async (_, options) => {
    const files = {
      'image.npy': npy({ shape: [2, 3] }, numbers),
      'model/ids:0.npy': npy({ descr: '<i8', shape: [1] }, BigInt64Array.of(7n)),
      'notes.txt': Buffer.from('no array'),
    };
    const arrays = await read(zip(files, options));
    expect([...arrays.keys()]).toEqual(['image', 'model/ids:0']);
    expect(arrays.get('image')).toMatchObject({ dtype: 'float32', shape: [2, 3] });
    expect([...new Float32Array(arrays.get('image')?.bytes.buffer as ArrayBuffer)]).toEqual([...numbers]);
    expect(arrays.get('model/ids:0')).toMatchObject({ dtype: 'int64', shape: [1] });
  });

  test.each([1, 2, 3] as const)('are read from version %i of the format', async (version) => {
    const arrays = await read(npy({ shape: [6], version }, numbers));
    expect(arrays.get('arr_0')).toMatchObject({ dtype: 'float32', shape: [6] });
  });

  test('in the order of Fortran are turned to rows', async () => {
    const array = (await read(npy({ fortran: true, shape: [2, 3] }, numbers))).get('arr_0');
    expect(Array.from(readNumbers('float32', array?.bytes as Uint8Array))).toEqual([1, 3, 5, 2, 4, 6]);
  });

  test('of any shape hold each element at its place, in either order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }), async (shape) => {
        const count = shape.reduce((product, size) => product * size, 1);
        const rows = Int32Array.from({ length: count }, (_, index) => index);
        const columns = new Int32Array(count);
        for (let index = 0; index < count; index += 1) {
          let rest = index;
          let target = 0;
          for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
            const step = shape.slice(0, axis).reduce((product, size) => product * size, 1);
            target += (rest % (shape[axis] as number)) * step;
            rest = Math.floor(rest / (shape[axis] as number));
          }
          columns[target] = index;
        }
        const array = (await read(npy({ descr: '<i4', fortran: true, shape }, columns))).get('arr_0');
        expect(Array.from(readNumbers('int32', array?.bytes as Uint8Array))).toEqual([...rows]);
      }),
    );
  });

  test.each([
    ['<f2', 'float16', new Uint16Array(1)],
    ['<f8', 'float64', new Float64Array(1)],
    ['|i1', 'int8', new Int8Array(1)],
    ['|u1', 'uint8', new Uint8Array(1)],
    ['|b1', 'bool', new Uint8Array(1)],
    ['<i2', 'int16', new Int16Array(1)],
    ['<u2', 'uint16', new Uint16Array(1)],
    ['<i4', 'int32', new Int32Array(1)],
    ['<u4', 'uint32', new Uint32Array(1)],
    ['<u8', 'uint64', new BigUint64Array(1)],
  ])('of NumPy’s type %s are %s', async (descr, dtype, data) => {
    expect((await read(npy({ descr, shape: [] }, data))).get('arr_0')).toMatchObject({ dtype, shape: [] });
  });
});

describe('refused with a sentence', () => {
  const whole = npy({ shape: [6] }, numbers);
  const archive = zip({ 'a.npy': whole }, { deflated: true });
  const flipped = zip({ 'a.npy': whole });
  flipped[140] = (flipped[140] as number) ^ 1;
  test.each<[string, Buffer, string]>([
    ['text', Buffer.from('hello'), 'x.npz is neither a .npz nor a .npy file of NumPy.'],
    ['nothing', Buffer.alloc(0), 'x.npz is neither a .npz nor a .npy file of NumPy.'],
    ['no arrays', zip({ 'a.txt': whole }), 'x.npz holds no arrays.'],
    [
      'an archive that is cut off',
      archive.subarray(0, archive.length - 30),
      'x.npz is damaged: its directory cannot be read',
    ],
    ['another content than its checksum', flipped, 'the content of a.npy does not match its checksum'],
    ['encryption', zip({ 'a.npy': whole }, { flags: 1 }), 'packed in a way that cannot be read'],
    ['other packing', zip({ 'a.npy': whole }, { method: 12 }), 'packed in a way that cannot be read'],
    [
      'stored bytes that say to be deflated',
      zip({ 'a.npy': whole }, { method: 8 }),
      'the content of a.npy does not match its checksum',
    ],
    ['no .npy in an archive', zip({ 'a.npy': Buffer.from('hello') }), '“a” cannot be read: it does not begin as'],
    ['values that are cut off', whole.subarray(0, -4), 'of float32 takes 24 bytes, and it holds 20.'],
    ['more values', Buffer.concat([whole, Buffer.alloc(4)]), 'takes 24 bytes, and it holds 28.'],
    ['a header that is cut off', whole.subarray(0, 20), 'it ends inside its header.'],
    ['a shape of nonsense', npy({ shape: [-1] }, numbers), 'its shape (-1,) cannot be meant.'],
    ['big-endian floats', npy({ descr: '>f4', shape: [6] }, numbers), 'is big-endian (“>f4”). Save it again as'],
    ['complex numbers', npy({ descr: '<c8', shape: [3] }, numbers), "NumPy's element type “<c8”"],
    ['Python objects', npy({ descr: '|O', shape: [3] }, numbers), "NumPy's element type “|O”"],
    ['text in an array', npy({ descr: '<U1', shape: [6] }, numbers), "NumPy's element type “<U1”"],
  ])('%s', async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message);
  });

  test('whatever byte of an archive is changed, it is refused or reads the same', async () => {
    const values = [...(await read(archive)).values()];
    await fc.assert(
      fc.asyncProperty(fc.nat(archive.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const changed = Buffer.from(archive);
        changed[at] = (changed[at] as number) ^ mask;
        const result = await read(changed).then(
          (found) => [...found.values()],
          (error: unknown) => (error instanceof AppError ? values : error),
        );
        expect(result).toEqual(values);
      }),
    );
  });
});
