/** ONNX files as trees of protobuf fields, so that they can be broken in ways that keep the rest readable. Knows no values, only nesting. */

export type Tree = Field[];
export type Field = { number: number; wireType: number; value: bigint | Buffer | Tree };

/** Message → number of a field that holds messages → their message. Source: onnx.proto of IR version 13. */
const nesting: Record<string, Record<number, string>> = {
  model: { 7: 'graph', 8: 'leaf', 14: 'leaf', 20: 'training', 25: 'function', 26: 'leaf' },
  graph: { 1: 'node', 5: 'tensor', 11: 'value', 12: 'value', 13: 'value', 14: 'annotation', 15: 'sparse', 16: 'leaf' },
  node: { 5: 'attribute', 9: 'leaf', 10: 'device' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 14: 'type', 15: 'type', 22: 'sparse', 23: 'sparse' },
  tensor: { 3: 'leaf', 13: 'leaf', 16: 'leaf' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  value: { 2: 'type', 4: 'leaf' },
  type: { 1: 'tensorType', 4: 'element', 5: 'mapType', 8: 'tensorType', 9: 'element' },
  tensorType: { 2: 'shape' },
  element: { 1: 'type' },
  mapType: { 2: 'type' },
  shape: { 1: 'leaf' },
  function: { 7: 'node', 9: 'leaf', 11: 'attribute', 12: 'value', 14: 'leaf' },
  training: { 1: 'graph', 2: 'graph', 3: 'leaf', 4: 'leaf' },
  annotation: { 2: 'leaf' },
  device: { 2: 'leaf' },
  leaf: {},
};

/** Deeper messages stay bytes: the trees are walked by recursion. */
const DEEPEST = 500;

/** @returns null for bytes that are no such message */
export function parseTree(bytes: Buffer, message = 'model', depth = 0): Tree | null {
  const tree: Tree = [];
  let position = 0;
  const varint = (): bigint | null => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[position];
      if (byte === undefined) return null;
      position += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return null;
  };
  while (position < bytes.length) {
    const tag = varint();
    if (tag === null) return null;
    const [number, wireType] = [Number(tag >> 3n), Number(tag & 7n)];
    if (wireType === 0) {
      const value = varint();
      if (value === null) return null;
      tree.push({ number, wireType, value });
      continue;
    }
    const length = wireType === 2 ? varint() : wireType === 1 ? 8n : wireType === 5 ? 4n : null;
    if (length === null || length > BigInt(bytes.length - position)) return null;
    const value = bytes.subarray(position, position + Number(length));
    position += Number(length);
    const inner = wireType === 2 && depth < DEEPEST ? nesting[message]?.[number] : undefined;
    tree.push({ number, wireType, value: (inner === undefined ? null : parseTree(value, inner, depth + 1)) ?? value });
  }
  return tree;
}

export function serializeTree(tree: Tree): Buffer {
  return Buffer.concat(
    tree.flatMap(({ number, wireType, value }) => {
      const tag = encodeVarint(BigInt(number) * 8n + BigInt(wireType));
      if (typeof value === 'bigint') return [tag, encodeVarint(value)];
      const bytes = Array.isArray(value) ? serializeTree(value) : value;
      return wireType === 2 ? [tag, encodeVarint(BigInt(bytes.length)), bytes] : [tag, bytes];
    }),
  );
}

export function encodeVarint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

/** Every list of fields in the tree, itself included. */
export function* walkTrees(tree: Tree): Generator<Tree> {
  yield tree;
  for (const { value } of tree) if (Array.isArray(value)) yield* walkTrees(value);
}
