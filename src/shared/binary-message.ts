/**
 * Messages with typed arrays in one piece of bytes, for WebSockets: JSON would turn samples and tensors into text, and numbers
 * that are not finite into null. Layout: length of the head (uint32), the head as JSON, then the arrays, each at a multiple of
 * eight bytes. In the head an array is `{"$array": [type, offset, byteLength]}` and a number that is not finite `{"$number": text}`.
 */

/** Node and browsers have both; the language alone does not. */
declare const TextEncoder: new () => { encode: (text: string) => Uint8Array<ArrayBuffer> };
declare const TextDecoder: new () => { decode: (bytes: Uint8Array) => string };

const arrayTypes = {
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;
type ArrayType = keyof typeof arrayTypes;

const ALIGNMENT_BYTES = 8;
const LENGTH_BYTES = 4;

/** What JSON can hold, and typed arrays; a property that is undefined is left out. */
export function encodeMessage(message: unknown): Uint8Array<ArrayBuffer> {
  const arrays: { bytes: Uint8Array; offset: number }[] = [];
  let arraysLength = 0;
  const head = JSON.stringify(message, (_key, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
    if (!ArrayBuffer.isView(value)) return value;
    const type = arrayTypeOf(value);
    arrays.push({ bytes: new Uint8Array(value.buffer, value.byteOffset, value.byteLength), offset: arraysLength });
    const entry = { $array: [type, arraysLength, value.byteLength] };
    arraysLength = align(arraysLength + value.byteLength);
    return entry;
  });
  const headBytes = new TextEncoder().encode(head);
  const arraysStart = align(LENGTH_BYTES + headBytes.length);
  const whole = new Uint8Array(arraysStart + arraysLength);
  new DataView(whole.buffer).setUint32(0, headBytes.length, true);
  whole.set(headBytes, LENGTH_BYTES);
  for (const { bytes, offset } of arrays) whole.set(bytes, arraysStart + offset);
  return whole;
}

/** @returns the message; its arrays are copies. Throws for bytes that `encodeMessage` did not write. */
export function decodeMessage(message: Uint8Array): unknown {
  // A Buffer's slice() would be a view and no copy.
  const bytes = new Uint8Array(message.buffer, message.byteOffset, message.byteLength);
  const headLength = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const head = new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + headLength));
  const arraysStart = align(LENGTH_BYTES + headLength);
  return JSON.parse(head, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if ('$number' in value) return Number(value.$number);
    if (!('$array' in value)) return value;
    const [type, offset, byteLength] = value.$array as [ArrayType, number, number];
    const start = arraysStart + offset;
    return new arrayTypes[type](bytes.slice(start, start + byteLength).buffer);
  });
}

/** A Buffer of Node is a Uint8Array under another name. */
function arrayTypeOf(view: ArrayBufferView): ArrayType {
  const found = (Object.keys(arrayTypes) as ArrayType[]).find((name) => view instanceof arrayTypes[name]);
  if (found === undefined) throw new TypeError(`A ${view.constructor.name} cannot be sent.`);
  return found;
}

function align(length: number): number {
  return Math.ceil(length / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
}
