/**
 * The smallest model that tells whether a provider computes: `y = x · W + b` on whole numbers, whose results are exact in
 * float32 and in float16. Runs anywhere. Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
import { joinBytes } from '#shared/join-bytes.ts';

const OPSET = 13;
const IR_VERSION = 7;
const FLOAT = 1;
const WIRE_VARINT = 0;
const WIRE_BYTES = 2;

const weights = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const bias = [1, -2, 3];

/** Rows and columns: `x` is [1, 4], `W` is [4, 3], `b` and `y` are [1, 3]. */
export const tinyModel = {
  input: { name: 'x', shape: [1, 4], values: [1, -1, 2, 0.5] },
  output: { name: 'y', values: [1 - 4 + 14 + 5 + 1, 2 - 5 + 16 + 5.5 - 2, 3 - 6 + 18 + 6 + 3] },
};

/** Only bfloat16 accumulation would be off by more. */
const TOLERANCE = 0.01;

/**
 * @param title the provider, as users know it
 * @returns the first wrong value in a sentence, or null
 */
export function findWrongValue(title: string, values: readonly number[]): string | null {
  const expected = tinyModel.output.values;
  const index = expected.findIndex((value, at) => !(Math.abs((values[at] ?? Number.NaN) - value) <= TOLERANCE));
  if (index === -1 && values.length === expected.length) return null;
  if (index === -1) return `${title} computes ${values.length} values where ${expected.length} were asked for.`;
  return `${title} computes wrongly: ${values[index]} where ${expected[index]} is right. Its results cannot be trusted.`;
}

/** The bytes of the ONNX file. */
export function encodeTinyModel(): Uint8Array<ArrayBuffer> {
  const { input, output } = tinyModel;
  const graph = join(
    field(1, node('MatMul', [input.name, 'W'], 'product')),
    field(1, node('Add', ['product', 'b'], output.name)),
    field(2, text('tiny')),
    field(5, tensor('W', [4, 3], weights)),
    field(5, tensor('b', [1, 3], bias)),
    field(11, valueInfo(input.name, [1, 4])),
    field(12, valueInfo(output.name, [1, 3])),
  );
  const opset = join(field(1, text('')), number(2, OPSET));
  return join(number(1, IR_VERSION), field(7, graph), field(8, opset));
}

type Bytes = Uint8Array<ArrayBuffer>;

function node(operator: string, inputs: readonly string[], output: string): Bytes {
  return join(...inputs.map((name) => field(1, text(name))), field(2, text(output)), field(4, text(operator)));
}

function tensor(name: string, shape: readonly number[], values: readonly number[]): Bytes {
  const data = new DataView(new ArrayBuffer(values.length * Float32Array.BYTES_PER_ELEMENT));
  for (const [index, value] of values.entries()) data.setFloat32(index * Float32Array.BYTES_PER_ELEMENT, value, true);
  return join(
    ...shape.map((size) => number(1, size)),
    number(2, FLOAT),
    field(8, text(name)),
    field(9, new Uint8Array(data.buffer)),
  );
}

function valueInfo(name: string, shape: readonly number[]): Bytes {
  const dimensions = join(...shape.map((size) => field(1, number(1, size))));
  const tensorType = join(number(1, FLOAT), field(2, dimensions));
  return join(field(1, text(name)), field(2, field(1, tensorType)));
}

function number(fieldNumber: number, value: number): Bytes {
  return Uint8Array.from([fieldNumber * 8 + WIRE_VARINT, ...varint(value)]);
}

function field(fieldNumber: number, content: Bytes): Bytes {
  return join(Uint8Array.from([fieldNumber * 8 + WIRE_BYTES, ...varint(content.length)]), content);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

function text(value: string): Bytes {
  return new TextEncoder().encode(value);
}

function join(...parts: readonly Bytes[]): Bytes {
  return joinBytes(parts);
}
