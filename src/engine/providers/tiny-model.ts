/**
 * The smallest model that tells whether a provider computes: `y = x · W + b` on whole numbers, whose results are exact in
 * float32 and in float16. Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */

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

/** The bytes of the ONNX file. */
export function encodeTinyModel(): Uint8Array {
  const { input, output } = tinyModel;
  const graph = Buffer.concat([
    field(1, node('MatMul', [input.name, 'W'], 'product')),
    field(1, node('Add', ['product', 'b'], output.name)),
    field(2, Buffer.from('tiny')),
    field(5, tensor('W', [4, 3], weights)),
    field(5, tensor('b', [1, 3], bias)),
    field(11, valueInfo(input.name, [1, 4])),
    field(12, valueInfo(output.name, [1, 3])),
  ]);
  const opset = Buffer.concat([field(1, Buffer.alloc(0)), number(2, OPSET)]);
  return Buffer.concat([number(1, IR_VERSION), field(7, graph), field(8, opset)]);
}

function node(operator: string, inputs: readonly string[], output: string): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => field(1, Buffer.from(name))),
    field(2, Buffer.from(output)),
    field(4, Buffer.from(operator)),
  ]);
}

function tensor(name: string, shape: readonly number[], values: readonly number[]): Buffer {
  const data = Buffer.alloc(values.length * Float32Array.BYTES_PER_ELEMENT);
  for (const [index, value] of values.entries()) data.writeFloatLE(value, index * Float32Array.BYTES_PER_ELEMENT);
  return Buffer.concat([
    ...shape.map((size) => number(1, size)),
    number(2, FLOAT),
    field(8, Buffer.from(name)),
    field(9, data),
  ]);
}

function valueInfo(name: string, shape: readonly number[]): Buffer {
  const dimensions = Buffer.concat(shape.map((size) => field(1, number(1, size))));
  const tensorType = Buffer.concat([number(1, FLOAT), field(2, dimensions)]);
  return Buffer.concat([field(1, Buffer.from(name)), field(2, field(1, tensorType))]);
}

function number(fieldNumber: number, value: number): Buffer {
  return Buffer.from([fieldNumber * 8 + WIRE_VARINT, ...varint(value)]);
}

function field(fieldNumber: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([fieldNumber * 8 + WIRE_BYTES, ...varint(content.length)]), content]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
