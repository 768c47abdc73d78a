/**
 * Messages as plain objects. Each decoded object remembers the bytes it came from: as long as its fields are as they were,
 * it is written back as those bytes; else its fields are encoded again, in the order of their numbers, followed by the
 * fields that the schema does not know. So an edit re-encodes only the messages around it, and nothing is lost.
 */
import {
  appendBytes,
  appendField,
  appendRope,
  appendTag,
  appendVarint,
  createRope,
  type Cursor,
  type LazyBytes,
  MalformedFile,
  readInt,
  type Rope,
  skipValue,
  WIRE_BYTES,
} from './wire.ts';

/** Limits on what one file may unfold to, so that a damaged file ends in a sentence, not in exhausted memory. */
export type DecodeLimits = { depth: number; itemsLeft: number };

/** As protobuf's own default; a model with 20 subgraphs inside one another stays below it. */
const MAXIMUM_DEPTH = 100;
/** An object takes some 700 bytes; a damaged or malicious file could unfold to one for every two of its own. */
const MAXIMUM_ITEMS = 16_000_000;
const FREE_ITEMS = 4_000_000;
const ITEMS_PER_BYTE = 2;
const ITEMS_PER_MESSAGE = 8;

export const MISMATCH = Symbol('the wire type is not the one of this field');

export type Field<Value> = {
  number: number;
  initial(): Value;
  /** The value after reading one occurrence, or MISMATCH before anything was read. */
  read(cursor: Cursor, wireType: number, current: Value, limits: DecodeLimits): Value | typeof MISMATCH;
  write(rope: Rope, value: Value): void;
  isSame(value: Value, original: Value): boolean;
  /** What must be kept to tell later whether the value changed. */
  keep(value: Value): Value;
};

type AnyField = Field<unknown> & { key: string };

export type Schema<Message> = {
  name: string;
  fields: readonly AnyField[];
  byNumber: ReadonlyMap<number, AnyField>;
  /** Only for inference. */
  message?: Message;
};

type Origin = { bytes: Uint8Array | LazyBytes; kept: Record<string, unknown>; unknown: (Uint8Array | LazyBytes)[] };

const ORIGIN = Symbol('origin');
type Decoded = Record<string, unknown> & { [ORIGIN]?: Origin };

export function defineMessage<Message>(
  name: string,
  fields: { [Key in keyof Message]-?: Field<Message[Key]> },
): Schema<Message> {
  const list = Object.entries(fields)
    .map(([key, field]) => ({ ...(field as Field<unknown>), key }))
    .sort((a, b) => a.number - b.number);
  return { name, fields: list, byNumber: new Map(list.map((field) => [field.number, field])) };
}

/** @param byteLength of the file */
export function startLimits(byteLength: number): DecodeLimits {
  return { depth: 0, itemsLeft: Math.min(MAXIMUM_ITEMS, FREE_ITEMS + ITEMS_PER_BYTE * byteLength) };
}

export function spendItems(limits: DecodeLimits, count: number): void {
  limits.itemsLeft -= count;
  if (limits.itemsLeft < 0) throw new MalformedFile('has more parts than a model can sensibly have');
}

/** Decodes everything up to the cursor's end. */
export function decodeMessage<Message>(schema: Schema<Message>, cursor: Cursor, limits: DecodeLimits): Message {
  limits.depth += 1;
  if (limits.depth > MAXIMUM_DEPTH) throw new MalformedFile(`nests parts more than ${MAXIMUM_DEPTH} levels deep`);
  spendItems(limits, ITEMS_PER_MESSAGE);
  const start = cursor.position;
  const message = createMessage(schema) as Decoded;
  const unknown: Uint8Array[] = [];
  while (cursor.position < cursor.end) {
    const fieldStart = cursor.position;
    const tag = readInt(cursor);
    const wireType = tag & 7;
    const fieldNumber = Math.floor(tag / 8);
    if (fieldNumber < 1) throw new MalformedFile(`is not protobuf: byte ${fieldStart} starts no field`);
    const field = schema.byNumber.get(fieldNumber);
    const value = field?.read(cursor, wireType, message[field.key], limits) ?? MISMATCH;
    if (field && value !== MISMATCH) {
      message[field.key] = value;
    } else {
      skipValue(cursor, wireType);
      spendItems(limits, 1);
      unknown.push(cursor.bytes.subarray(fieldStart, cursor.position));
    }
  }
  const kept: Record<string, unknown> = {};
  for (const field of schema.fields) kept[field.key] = field.keep(message[field.key]);
  message[ORIGIN] = { bytes: cursor.bytes.subarray(start, cursor.end), kept, unknown };
  limits.depth -= 1;
  return message as Message;
}

/** A message with every field empty, and then the given ones. */
export function createMessage<Message>(schema: Schema<Message>, given: Partial<Message> = {}): Message {
  const message: Record<string, unknown> = {};
  for (const field of schema.fields) message[field.key] = field.initial();
  return Object.assign(message, given) as Message;
}

/** Whether the message would be written as the bytes it was read from. */
export function isUntouched<Message>(schema: Schema<Message>, message: Message): boolean {
  const decoded = message as Decoded;
  const origin = decoded[ORIGIN];
  return (
    origin !== undefined && schema.fields.every((field) => field.isSame(decoded[field.key], origin.kept[field.key]))
  );
}

export function encodeMessage<Message>(schema: Schema<Message>, message: Message): Rope {
  const rope = createRope();
  const decoded = message as Decoded;
  const origin = decoded[ORIGIN];
  if (origin && isUntouched(schema, message)) {
    appendBytes(rope, origin.bytes);
    return rope;
  }
  for (const field of schema.fields) field.write(rope, decoded[field.key]);
  for (const bytes of origin?.unknown ?? []) appendBytes(rope, bytes);
  return rope;
}

/** Appends the message as a length-prefixed field. */
export function appendMessage<Message>(
  rope: Rope,
  fieldNumber: number,
  schema: Schema<Message>,
  message: Message,
): void {
  const inner = encodeMessage(schema, message);
  if (inner.parts.length === 1 && inner.pending.length === 0) {
    appendField(rope, fieldNumber, inner.parts[0] as Uint8Array | LazyBytes);
    return;
  }
  appendTag(rope, fieldNumber, WIRE_BYTES);
  appendVarint(rope, inner.byteLength);
  appendRope(rope, inner);
}

/**
 * Puts other bytes in the place of everything that a message, and those in it, keep of the file that they were read from. It is written as
 * before, and what was not changed still counts as untouched.
 * @param move.source bytes of whole messages, outer ones first, and of fields that the schema does not know
 * @param move.value bytes of one field, by its key
 */
export function moveBytes(
  message: object,
  move: {
    source: (bytes: Uint8Array) => Uint8Array | LazyBytes;
    value: (bytes: Uint8Array, key: string) => Uint8Array | LazyBytes;
  },
): void {
  const decoded = message as Decoded;
  const origin = decoded[ORIGIN];
  if (origin === undefined) return;
  if (origin.bytes instanceof Uint8Array) origin.bytes = move.source(origin.bytes);
  origin.unknown = origin.unknown.map((bytes) => (bytes instanceof Uint8Array ? move.source(bytes) : bytes));
  for (const [key, value] of Object.entries(decoded)) {
    if (value instanceof Uint8Array) {
      const isKept = origin.kept[key] === value;
      decoded[key] = move.value(value, key);
      if (isKept) origin.kept[key] = decoded[key];
    } else if (Array.isArray(value)) {
      moveItems(value, origin.kept[key] as unknown[], key, move);
    } else if (typeof value === 'object' && value !== null) {
      moveBytes(value, move);
    }
  }
}

/** @param kept the same items, as long as the list is as it was read */
function moveItems(items: unknown[], kept: unknown[], key: string, move: Parameters<typeof moveBytes>[1]): void {
  for (const [index, item] of items.entries()) {
    if (item instanceof Uint8Array) {
      items[index] = move.value(item, key);
      if (kept[index] === item) kept[index] = items[index];
    } else if (typeof item === 'object' && item !== null) {
      moveBytes(item, move);
    }
  }
}
