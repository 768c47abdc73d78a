/** Reads of a model file everything but its large weights, and lets those be ranges of the file. */
import { fileRange, readInto, withFile } from './file-range.ts';
import type { ModelProto } from './ir.ts';
import { moveBytes } from './message.ts';
import { type Cursor, cursorOver, MalformedFile, readInt, skipValue, WIRE_BYTES } from './wire.ts';

/** Of a weight that stays in the file. */
const SMALLEST_LEFT_BYTES = 2 ** 16;
/** Weights lie close together, so that more would mostly be read in vain. */
const READ_AHEAD_BYTES = 2 ** 12;
/** A tag and a length. */
const LONGEST_HEADER_BYTES = 20;
/** Deeper, the decoder refuses. */
const MOST_LEVELS = 100;

type Level = 'model' | 'function' | 'graph' | 'node' | 'attribute' | 'sparse' | 'tensor' | 'contents';
/** Fields on the way to the raw data of tensors: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. */
const WAY: Record<Level, Readonly<Record<number, Level>>> = {
  model: { 7: 'graph', 25: 'function' },
  function: { 7: 'node' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: { 9: 'contents' },
  contents: {},
};

/**
 * @returns the file, with zeros where large weights are: of these pages nothing becomes resident. What is decoded from it goes through `leaveWeights`.
 * Where the file is damaged, all of it is there.
 */
export function readWithoutWeights(path: string, byteLength: number): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(new ArrayBuffer(byteLength));
  withFile(path, (file) => readGraph(bytes, (part, offset) => readInto(file, path, part, offset)));
  return bytes;
}

function readGraph(bytes: Buffer, read: (part: Uint8Array, offset: number) => void): void {
  let known = 0;
  const need = (end: number): void => {
    if (end <= known) return;
    const until = Math.min(bytes.length, Math.max(end, known + READ_AHEAD_BYTES));
    read(bytes.subarray(known, until), known);
    known = until;
  };
  const cursor = cursorOver(bytes);
  try {
    scan(cursor, { end: bytes.length, level: 'model', depth: 0 }, need, (end) => {
      known = Math.max(known, end);
    });
  } catch (error) {
    if (!(error instanceof MalformedFile)) throw error;
    // The decoder meets it too, and says so.
    need(bytes.length);
  }
}

/** Goes over one message. @param need has the file read up to there; `pass` leaves out what is before there */
function scan(
  cursor: Cursor,
  { end, level, depth }: { end: number; level: Level; depth: number },
  need: (end: number) => void,
  pass: (end: number) => void,
): void {
  if (depth > MOST_LEVELS) throw new MalformedFile('nests parts too deep');
  while (cursor.position < end) {
    need(Math.min(end, cursor.position + LONGEST_HEADER_BYTES));
    const tag = readInt(cursor);
    if ((tag & 7) !== WIRE_BYTES) {
      skipValue(cursor, tag & 7);
      continue;
    }
    const length = readInt(cursor);
    const fieldEnd = cursor.position + length;
    if (length < 0 || fieldEnd > end) throw new MalformedFile('ends too early');
    const inner = length < SMALLEST_LEFT_BYTES ? undefined : WAY[level][Math.floor(tag / 8)];
    if (inner === 'contents') pass(fieldEnd);
    else if (inner === undefined) need(fieldEnd);
    else scan(cursor, { end: fieldEnd, level: inner, depth: depth + 1 }, need, pass);
    cursor.position = fieldEnd;
  }
}

/**
 * Lets large weights be ranges of the file, and copies out of its bytes what else the model keeps of them. Then they are given back.
 * @param bytes from `readWithoutWeights`, which the model was decoded from
 */
export function leaveWeights(model: ModelProto, bytes: Buffer<ArrayBuffer>, path: string): void {
  let chunk = { start: 0, end: 0, copy: new Uint8Array(0) };
  // Messages come before those in them, which share their copy.
  const copy = (part: Uint8Array): Uint8Array => {
    if (part.buffer !== bytes.buffer) return part;
    const start = part.byteOffset;
    const end = start + part.length;
    if (start < chunk.start || end > chunk.end) chunk = { start, end, copy: Uint8Array.from(part) };
    return chunk.copy.subarray(start - chunk.start, end - chunk.start);
  };
  // What holds a large weight is itself as large, so no part that was not read is copied.
  const leave = (part: Uint8Array) =>
    part.length < SMALLEST_LEFT_BYTES || part.buffer !== bytes.buffer
      ? copy(part)
      : fileRange(path, part.byteOffset, part.length);
  moveBytes(model, { source: leave, value: (part, key) => (key === 'rawData' ? leave(part) : copy(part)) });
  // What still pointed there would be empty now, instead of keeping all of it.
  bytes.buffer.transfer(0);
}
