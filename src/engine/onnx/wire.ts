/**
 * Protobuf's wire format: reading from a cursor over the file's bytes, and appending to a rope of byte pieces.
 * Source: https://protobuf.dev/programming-guides/encoding/
 */

/** What is wrong with a file, as the end of a sentence that starts with its name. `load-model.ts` makes the sentence. */
export class MalformedFile extends Error {
  override readonly name = 'MalformedFile';
}

export type Cursor = { readonly bytes: Buffer; position: number; readonly end: number };

export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
export const WIRE_BYTES = 2;
export const WIRE_FIXED32 = 5;

/** Bytes that are read or computed only when they are written or looked at: a range of a file, or a weight derived from it. */
export type LazyBytes = {
  readonly byteLength: number;
  read(): Uint8Array;
  /** The same bytes one part after the other, for whoever need not have them all at once. A part is valid until the next is asked for. */
  pieces(): Iterable<Uint8Array>;
};

export type Rope = { parts: (Uint8Array | LazyBytes)[]; byteLength: number; pending: number[] };

export function cursorOver(bytes: Buffer, start = 0, end = bytes.length): Cursor {
  return { bytes, position: start, end };
}

export function readInt64(cursor: Cursor): bigint {
  let low = 0;
  let scale = 1;
  for (let count = 0; count < 7; count += 1) {
    const byte = readByte(cursor);
    low += (byte & 0x7f) * scale;
    if (byte < 0x80) return BigInt(low);
    scale *= 128;
  }
  let high = 0n;
  for (let count = 7n; count < 10n; count += 1n) {
    const byte = readByte(cursor);
    high |= BigInt(byte & 0x7f) << (7n * count);
    if (byte < 0x80) return BigInt.asIntN(64, high + BigInt(low));
  }
  throw new MalformedFile(`holds a number of more than 64 bits at byte ${cursor.position}`);
}

/** A varint that must fit a JavaScript number: lengths, tags, enumerations, dimensions. Negative ones are sign-extended. */
export function readInt(cursor: Cursor): number {
  let value = 0;
  let scale = 1;
  const start = cursor.position;
  for (let count = 0; count < 7; count += 1) {
    const byte = readByte(cursor);
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
    scale *= 128;
  }
  cursor.position = start;
  const wide = Number(readInt64(cursor));
  if (!Number.isSafeInteger(wide)) throw new MalformedFile(`holds an impossible number at byte ${start}`);
  return wide;
}

/** A view of the next length-prefixed bytes. */
export function readBytes(cursor: Cursor): Buffer {
  const { position, end } = readRange(cursor);
  return cursor.bytes.subarray(position, end);
}

/** A cursor over the next length-prefixed bytes, which the outer cursor has passed. */
export function readRange(cursor: Cursor): Cursor {
  const start = cursor.position;
  const length = readInt(cursor);
  if (length < 0 || length > cursor.end - cursor.position) {
    throw new MalformedFile(
      `announces at byte ${start} a part of ${length} bytes where ${cursor.end - cursor.position} are left`,
    );
  }
  const inner = { bytes: cursor.bytes, position: cursor.position, end: cursor.position + length };
  cursor.position = inner.end;
  return inner;
}

export function readText(cursor: Cursor): string {
  const { position, end } = readRange(cursor);
  const text = cursor.bytes.toString('utf8', position, end);
  // Decoding puts U+FFFD where bytes are not UTF-8; a text that really holds it comes out the same when encoded again.
  if (text.includes('\uFFFD') && !Buffer.from(text, 'utf8').equals(cursor.bytes.subarray(position, end))) {
    throw new MalformedFile(`holds a name that is not UTF-8 text at byte ${position}`);
  }
  return text;
}

export function readFixed(cursor: Cursor, byteLength: 4 | 8): Buffer {
  if (cursor.end - cursor.position < byteLength) throw new MalformedFile(`ends too early, at byte ${cursor.position}`);
  cursor.position += byteLength;
  return cursor.bytes.subarray(cursor.position - byteLength, cursor.position);
}

export function skipValue(cursor: Cursor, wireType: number): void {
  switch (wireType) {
    case WIRE_VARINT:
      readInt64(cursor);
      break;
    case WIRE_FIXED64:
      readFixed(cursor, 8);
      break;
    case WIRE_BYTES:
      readRange(cursor);
      break;
    case WIRE_FIXED32:
      readFixed(cursor, 4);
      break;
    default:
      throw new MalformedFile(`is not protobuf: byte ${cursor.position} starts a field of unknown kind ${wireType}`);
  }
}

function readByte(cursor: Cursor): number {
  const byte = cursor.bytes[cursor.position];
  if (byte === undefined || cursor.position >= cursor.end) {
    throw new MalformedFile(`ends too early, at byte ${cursor.position}`);
  }
  cursor.position += 1;
  return byte;
}

export function createRope(): Rope {
  return { parts: [], byteLength: 0, pending: [] };
}

export function appendTag(rope: Rope, fieldNumber: number, wireType: number): void {
  appendVarint(rope, fieldNumber * 8 + wireType);
}

export function appendVarint(rope: Rope, value: number | bigint): void {
  if (typeof value === 'number' && value >= 0 && Number.isSafeInteger(value)) {
    let rest = value;
    while (rest >= 0x80) {
      push(rope, (rest % 128) | 0x80);
      rest = Math.floor(rest / 128);
    }
    push(rope, rest);
    return;
  }
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 0x80n) {
    push(rope, Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  push(rope, Number(rest));
}

export function appendBytes(rope: Rope, bytes: Uint8Array | LazyBytes): void {
  if (bytes instanceof Uint8Array && bytes.length <= 32) {
    for (const byte of bytes) push(rope, byte);
    return;
  }
  flush(rope);
  rope.parts.push(bytes);
  rope.byteLength += bytes.byteLength;
}

/** Tag, length and contents of a length-prefixed field. */
export function appendField(rope: Rope, fieldNumber: number, bytes: Uint8Array | LazyBytes): void {
  appendTag(rope, fieldNumber, WIRE_BYTES);
  appendVarint(rope, bytes.byteLength);
  appendBytes(rope, bytes);
}

export function appendRope(rope: Rope, inner: Rope): void {
  flush(inner);
  for (const part of inner.parts) appendBytes(rope, part);
}

/** The pieces in order; the rope may be appended to afterwards. */
export function ropeParts(rope: Rope): readonly (Uint8Array | LazyBytes)[] {
  flush(rope);
  return rope.parts;
}

function push(rope: Rope, byte: number): void {
  rope.pending.push(byte);
  rope.byteLength += 1;
}

function flush(rope: Rope): void {
  if (rope.pending.length === 0) return;
  rope.parts.push(Uint8Array.from(rope.pending));
  rope.pending = [];
}
