/**
 * Writes numbers over the symbolic dimensions of a model's inputs: the runtime of WebGL takes no input whose shape is open.
 * Only the messages on the way to those shapes are written anew; everything else is copied byte for byte.
 * Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import { joinBytes } from '#shared/join-bytes.ts';

const MODEL_GRAPH = 7;
const GRAPH_INPUT = 11;
const VALUE_NAME = 1;
const VALUE_TYPE = 2;
const TYPE_TENSOR = 1;
const TENSOR_SHAPE = 2;
const SHAPE_DIMENSION = 1;
const DIMENSION_VALUE = 1;

const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_BYTES = 2;
const WIRE_FIXED32 = 5;

type Bytes = Uint8Array<ArrayBuffer>;
type Field = { number: number; wire: number; whole: Bytes; content: Bytes };

/** @param shapes by input name; inputs without an entry stay as they are. Throws for bytes that are no protobuf message. */
export function fixInputShapes(model: Bytes, shapes: Readonly<Record<string, readonly number[]>>): Bytes {
  return replace(model, MODEL_GRAPH, (graph) =>
    replace(graph, GRAPH_INPUT, (input) => {
      const name = readFields(input).find(({ number }) => number === VALUE_NAME)?.content;
      const shape = name === undefined ? undefined : shapes[new TextDecoder().decode(name)];
      if (shape === undefined) return input;
      const encoded = joinBytes(
        shape.map((size) => field(SHAPE_DIMENSION, joinBytes([varint(DIMENSION_VALUE * 8), varint(size)]))),
      );
      return replace(input, VALUE_TYPE, (type) =>
        replace(type, TYPE_TENSOR, (tensor) => replace(tensor, TENSOR_SHAPE, () => encoded)),
      );
    }),
  );
}

/** Changes the contents of all fields of this number. */
function replace(message: Bytes, number: number, change: (content: Bytes) => Bytes): Bytes {
  return joinBytes(
    readFields(message).map((entry) =>
      entry.number === number && entry.wire === WIRE_BYTES ? field(number, change(entry.content)) : entry.whole,
    ),
  );
}

function readFields(message: Bytes): Field[] {
  const fields: Field[] = [];
  let position = 0;
  const readVarint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[position];
      if (byte === undefined) throw new RangeError('The message ends inside a number.');
      position += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (position < message.length) {
    const start = position;
    const key = readVarint();
    const wire = key % 8;
    let contentStart = position;
    if (wire === WIRE_VARINT) readVarint();
    else if (wire === WIRE_FIXED64) position += 8;
    else if (wire === WIRE_FIXED32) position += 4;
    else if (wire === WIRE_BYTES) {
      const length = readVarint();
      contentStart = position;
      position += length;
    } else throw new RangeError(`The message has a field of the unknown kind ${wire}.`);
    if (position > message.length) throw new RangeError('The message ends inside a field.');
    fields.push({
      number: Math.floor(key / 8),
      wire,
      whole: message.subarray(start, position),
      content: message.subarray(contentStart, position),
    });
  }
  return fields;
}

function field(number: number, content: Bytes): Bytes {
  return joinBytes([varint(number * 8 + WIRE_BYTES), varint(content.length), content]);
}

function varint(value: number): Bytes {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Uint8Array.from([...bytes, rest]);
}
