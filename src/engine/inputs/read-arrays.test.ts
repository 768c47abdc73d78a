import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { npyFile, npzFile } from '../../../tests/fakes/numpy-files.ts';
import { AppError } from '#shared/app-error.ts';
import { readNumbers } from '../runtime/tensor-values.ts';
import { readArrays } from './read-arrays.ts';

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
      'image.npy': npyFile({ shape: [2, 3] }, numbers),
      'model/ids:0.npy': npyFile({ descr: '<i8', shape: [1] }, BigInt64Array.of(7n)),
      'notes.txt': Buffer.from('no array'),
    };
    const arrays = await read(npzFile(files, options));
    expect([...arrays.keys()]).toEqual(['image', 'model/ids:0']);
    expect(arrays.get('image')).toMatchObject({ dtype: 'float32', shape: [2, 3] });
    expect([...new Float32Array(arrays.get('image')?.bytes.buffer as ArrayBuffer)]).toEqual([...numbers]);
    expect(arrays.get('model/ids:0')).toMatchObject({ dtype: 'int64', shape: [1] });
  });

  test.each([1, 2, 3] as const)('are read from version %i of the format', async (version) => {
    const arrays = await read(npyFile({ shape: [6], version }, numbers));
    expect(arrays.get('arr_0')).toMatchObject({ dtype: 'float32', shape: [6] });
  });

  test('in the order of Fortran are turned to rows', async () => {
    const array = (await read(npyFile({ fortran: true, shape: [2, 3] }, numbers))).get('arr_0');
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
        const array = (await read(npyFile({ descr: '<i4', fortran: true, shape }, columns))).get('arr_0');
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
    expect((await read(npyFile({ descr, shape: [] }, data))).get('arr_0')).toMatchObject({ dtype, shape: [] });
  });
});

describe('refused with a sentence', () => {
  const whole = npyFile({ shape: [6] }, numbers);
  const archive = npzFile({ 'a.npy': whole }, { deflated: true });
  const flipped = npzFile({ 'a.npy': whole });
  flipped[140] = (flipped[140] as number) ^ 1;
  test.each<[string, Buffer, string]>([
    ['text', Buffer.from('hello'), 'x.npz is neither a .npz nor a .npy file of NumPy.'],
    ['nothing', Buffer.alloc(0), 'x.npz is neither a .npz nor a .npy file of NumPy.'],
    ['no arrays', npzFile({ 'a.txt': whole }), 'x.npz holds no arrays.'],
    [
      'an archive that is cut off',
      archive.subarray(0, archive.length - 30),
      'x.npz is damaged: its directory cannot be read',
    ],
    ['another content than its checksum', flipped, 'the content of a.npy does not match its checksum'],
    ['encryption', npzFile({ 'a.npy': whole }, { flags: 1 }), 'packed in a way that cannot be read'],
    ['other packing', npzFile({ 'a.npy': whole }, { method: 12 }), 'packed in a way that cannot be read'],
    [
      'stored bytes that say to be deflated',
      npzFile({ 'a.npy': whole }, { method: 8 }),
      'the content of a.npy does not match its checksum',
    ],
    ['no .npy in an archive', npzFile({ 'a.npy': Buffer.from('hello') }), '“a” cannot be read: it does not begin as'],
    ['values that are cut off', whole.subarray(0, -4), 'of float32 takes 24 bytes, and it holds 20.'],
    ['more values', Buffer.concat([whole, Buffer.alloc(4)]), 'takes 24 bytes, and it holds 28.'],
    ['a header that is cut off', whole.subarray(0, 20), 'it ends inside its header.'],
    ['a shape of nonsense', npyFile({ shape: [-1] }, numbers), 'its shape (-1,) cannot be meant.'],
    ['big-endian floats', npyFile({ descr: '>f4', shape: [6] }, numbers), 'is big-endian (“>f4”). Save it again as'],
    ['complex numbers', npyFile({ descr: '<c8', shape: [3] }, numbers), "NumPy's element type “<c8”"],
    ['Python objects', npyFile({ descr: '|O', shape: [3] }, numbers), "NumPy's element type “|O”"],
    ['text in an array', npyFile({ descr: '<U1', shape: [6] }, numbers), "NumPy's element type “<U1”"],
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
