/** The kinds of field that ONNX messages are made of. Lists are plain arrays; bytes and packed numbers are views on the file. */
import { appendMessage, decodeMessage, type Field, isUntouched, MISMATCH, type Schema, spendItems } from './message.ts';
import {
  appendField,
  appendTag,
  appendVarint,
  appendBytes,
  type Cursor,
  type LazyBytes,
  MalformedFile,
  readBytes,
  readFixed,
  readInt,
  readInt64,
  readRange,
  readText,
  createRope,
  appendRope,
  type Rope,
  WIRE_BYTES,
  WIRE_FIXED32,
  type WIRE_FIXED64,
  WIRE_VARINT,
} from './wire.ts';

type Scalar<Value> = {
  wireType: number;
  read(cursor: Cursor): Value;
  /** Without its tag. */
  write(rope: Rope, value: Value): void;
};

const text: Scalar<string> = {
  wireType: WIRE_BYTES,
  read: readText,
  write: (rope, value) => {
    const bytes = Buffer.from(value, 'utf8');
    appendVarint(rope, bytes.length);
    appendBytes(rope, bytes);
  },
};
const bytes: Scalar<Uint8Array> = {
  wireType: WIRE_BYTES,
  read: readBytes,
  write: (rope, value) => {
    appendVarint(rope, value.byteLength);
    appendBytes(rope, value);
  },
};
const int: Scalar<number> = { wireType: WIRE_VARINT, read: readInt, write: appendVarint };
const int64: Scalar<bigint> = { wireType: WIRE_VARINT, read: readInt64, write: appendVarint };
const float: Scalar<number> = {
  wireType: WIRE_FIXED32,
  read: (cursor) => readFixed(cursor, 4).readFloatLE(0),
  write: (rope, value) => {
    const buffer = Buffer.alloc(4);
    buffer.writeFloatLE(value);
    appendBytes(rope, buffer);
  },
};

/** A scalar that is written when it differs from its default. */
function plain<Value>(number: number, scalar: Scalar<Value>, initial: Value): Field<Value> {
  return {
    number,
    initial: () => initial,
    read: (cursor, wireType) => (wireType === scalar.wireType ? scalar.read(cursor) : MISMATCH),
    write: (rope, value) => {
      if (value === initial) return;
      appendTag(rope, number, scalar.wireType);
      scalar.write(rope, value);
    },
    isSame: Object.is,
    keep: (value) => value,
  };
}

/** A scalar whose presence matters: it is written also when it is 0 or empty. */
function optional<Value>(number: number, scalar: Scalar<Value>): Field<Value | undefined> {
  return {
    number,
    initial: () => undefined,
    read: (cursor, wireType) => (wireType === scalar.wireType ? scalar.read(cursor) : MISMATCH),
    write: (rope, value) => {
      if (value === undefined) return;
      appendTag(rope, number, scalar.wireType);
      scalar.write(rope, value);
    },
    isSame: Object.is,
    keep: (value) => value,
  };
}

/** Most lists of most messages are empty: they share one. */
const NOTHING: readonly never[] = [];

function keepList<Value>(values: Value[]): Value[] {
  return values.length === 0 ? (NOTHING as unknown as Value[]) : values.slice();
}

/** A list; numbers are read packed or not, and written packed where `isPacked`. */
function list<Value>(number: number, scalar: Scalar<Value>, isPacked: boolean): Field<Value[]> {
  return {
    number,
    initial: () => [],
    read: (cursor, wireType, current, limits) => {
      if (wireType === scalar.wireType) {
        spendItems(limits, 1);
        current.push(scalar.read(cursor));
        return current;
      }
      if (wireType !== WIRE_BYTES) return MISMATCH;
      const inner = readRange(cursor);
      while (inner.position < inner.end) {
        spendItems(limits, 1);
        current.push(scalar.read(inner));
      }
      return current;
    },
    write: (rope, values) => {
      if (!isPacked) {
        for (const value of values) {
          appendTag(rope, number, scalar.wireType);
          scalar.write(rope, value);
        }
      } else if (values.length > 0) {
        const inner = createRope();
        for (const value of values) scalar.write(inner, value);
        appendTag(rope, number, WIRE_BYTES);
        appendVarint(rope, inner.byteLength);
        appendRope(rope, inner);
      }
    },
    isSame: (values, original) =>
      values.length === original.length && values.every((value, index) => Object.is(value, original[index])),
    keep: keepList,
  };
}

export const textField = (number: number) => plain(number, text, '');
export const optionalTextField = (number: number) => optional(number, text);
export const textsField = (number: number) => list(number, text, false);
export const optionalBytesField = (number: number) => optional(number, bytes);
export const bytesListField = (number: number) => list(number, bytes, false);
export const intField = (number: number) => plain(number, int, 0);
export const optionalIntField = (number: number) => optional(number, int);
/** `dims` is not packed by the schema of ONNX. */
export const intsField = (number: number) => list(number, int, false);
export const optionalInt64Field = (number: number) => optional(number, int64);
export const int64sField = (number: number) => list(number, int64, false);
export const optionalFloatField = (number: number) => optional(number, float);
export const floatsField = (number: number) => list(number, float, false);

/** Weight bytes: a view on the file, or bytes that are fetched when they are needed. */
export function contentsField(number: number): Field<Uint8Array | LazyBytes | undefined> {
  return {
    number,
    initial: () => undefined,
    read: (cursor, wireType) => (wireType === WIRE_BYTES ? readBytes(cursor) : MISMATCH),
    write: (rope, value) => {
      if (value !== undefined) appendField(rope, number, value);
    },
    isSame: Object.is,
    keep: (value) => value,
  };
}

/**
 * A packed list of numbers as the bytes of its packed form, decoded by `tensor-contents.ts` when somebody looks.
 * Occurrences that were not packed are joined to the same form.
 */
export function packedField(
  number: number,
  wireType: typeof WIRE_VARINT | typeof WIRE_FIXED32 | typeof WIRE_FIXED64,
): Field<Uint8Array> {
  const none = new Uint8Array(0);
  return {
    number,
    initial: () => none,
    read: (cursor, found, current, limits) => {
      if (found === WIRE_BYTES) {
        const view = readBytes(cursor);
        if (current.length === 0) return view;
        spendItems(limits, Math.ceil(current.length / 64));
        return Buffer.concat([current, view]);
      }
      if (found !== wireType) return MISMATCH;
      // Each single occurrence has its tag between the values; they are gathered in one sweep.
      const values: Uint8Array[] = current.length === 0 ? [] : [current];
      for (;;) {
        spendItems(limits, 4);
        values.push(readSingle(cursor, wireType));
        const before = cursor.position;
        if (before >= cursor.end || readInt(cursor) !== number * 8 + wireType) {
          cursor.position = before;
          break;
        }
      }
      return Buffer.concat(values);
    },
    write: (rope, value) => {
      if (value.length > 0) appendField(rope, number, value);
    },
    isSame: Object.is,
    keep: (value) => value,
  };
}

function readSingle(cursor: Cursor, wireType: number): Uint8Array {
  if (wireType !== WIRE_VARINT) return readFixed(cursor, wireType === WIRE_FIXED32 ? 4 : 8);
  const start = cursor.position;
  readInt64(cursor);
  return cursor.bytes.subarray(start, cursor.position);
}

export function messageField<Message>(number: number, schema: () => Schema<Message>): Field<Message | undefined> {
  return {
    number,
    initial: () => undefined,
    read: (cursor, wireType, current, limits) => {
      if (wireType !== WIRE_BYTES) return MISMATCH;
      // Protobuf would merge them; no writer of ONNX makes such files.
      if (current !== undefined) throw new MalformedFile(`holds two ${schema().name}s where one belongs`);
      return decodeMessage(schema(), readRange(cursor), limits);
    },
    write: (rope, message) => {
      if (message !== undefined) appendMessage(rope, number, schema(), message);
    },
    isSame: (message, original) => message === original && (message === undefined || isUntouched(schema(), message)),
    keep: (message) => message,
  };
}

export function messagesField<Message>(number: number, schema: () => Schema<Message>): Field<Message[]> {
  return {
    number,
    initial: () => [],
    read: (cursor, wireType, current, limits) => {
      if (wireType !== WIRE_BYTES) return MISMATCH;
      current.push(decodeMessage(schema(), readRange(cursor), limits));
      return current;
    },
    write: (rope, messages) => {
      for (const message of messages) appendMessage(rope, number, schema(), message);
    },
    isSame: (messages, original) =>
      messages.length === original.length &&
      messages.every((message, index) => message === original[index] && isUntouched(schema(), message)),
    keep: keepList,
  };
}
