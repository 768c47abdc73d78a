/** Layers of sequences and vectors: products, attention and recurrence. */
import { type Layer, type Value, pick } from './layer-parts.ts';

export const imageOfSequence: Layer = (at, { name, dims }) => {
  const [steps = 1, width = 1] = dims;
  const turned = at.add('Transpose', [name], [width, steps], { perm: [0n, 2n, 1n] });
  return at.add('Reshape', [turned.name, at.integers(0, width, steps, 1)], [width, steps, 1]);
};

export const matrixProduct: Layer = (at, { name, dims }, { a, b }) => {
  const width = dims.at(-1) as number;
  const made = pick([8, 16, 32, 64], b);
  const out = at.add('MatMul', [name, at.weight([width, made])], [...dims.slice(0, -1), made]);
  return a % 3 === 0
    ? out
    : at.add('Add', a % 2 ? [out.name, at.weight([made])] : [at.weight([made]), out.name], out.dims);
};

export const gemm: Layer = (at, { name, dims }, { a, b }) => {
  const [width = 1] = dims;
  const made = pick([8, 16, 32, 10], b);
  const isTransposed = a % 2 === 1;
  const inputs = [name, at.weight(isTransposed ? [made, width] : [width, made])];
  if (a % 3 !== 0) inputs.push(at.weight(pick([[made], [1, made], [1]], b)));
  return at.add('Gemm', inputs, [made], {
    transB: isTransposed ? 1n : 0n,
    ...(b % 5 === 0 ? { alpha: 0.5, beta: 2.5 } : {}),
  });
};

export const layerNormalization: Layer = (at, { name, dims }) => {
  if (at.opset < 17) return null;
  const width = [dims.at(-1) as number];
  return at.add('LayerNormalization', [name, at.positive(width), at.weight(width)], dims, { axis: -1n });
};

export const attention: Layer = (at, value) => {
  const [steps = 1, width = 1] = value.dims;
  const of = (): Value => at.add('MatMul', [value.name, at.weight([width, width])], value.dims);
  const [query, key, content] = [of(), of(), of()];
  const turned = at.add('Transpose', [key.name], [width, steps], { perm: [0n, 2n, 1n] });
  const products = at.add('MatMul', [query.name, turned.name], [steps, steps]);
  const scaled = at.add('Mul', [products.name, at.constant([1 / Math.sqrt(width)], [])], [steps, steps]);
  const scores = at.add('Softmax', [scaled.name], [steps, steps], { axis: -1n });
  const out = at.add('MatMul', [scores.name, content.name], value.dims);
  return at.add('Add', [value.name, out.name], value.dims);
};

export const recurrent: Layer = (at, value, { a }) => {
  const [steps = 1, width = 1] = value.dims;
  const hidden = pick([8, 16], a);
  const isLstm = a % 3 !== 0;
  const directions = a % 2 ? 2 : 1;
  const gates = (isLstm ? 4 : 3) * hidden;
  const turned = at.add('Transpose', [value.name], [steps, width], { perm: [1n, 0n, 2n] });
  const out = at.add(
    isLstm ? 'LSTM' : 'GRU',
    [
      turned.name,
      at.weight([directions, gates, width]),
      at.weight([directions, gates, hidden]),
      ...(a % 5 ? [at.weight([directions, 2 * gates])] : []),
    ],
    [steps, directions, hidden],
    { hidden_size: BigInt(hidden), direction: directions === 2 ? 'bidirectional' : 'forward' },
  );
  // [steps, directions, batch, hidden] -> [batch, steps, directions * hidden]
  const back = at.add('Transpose', [out.name], [steps, directions, hidden], { perm: [2n, 0n, 1n, 3n] });
  const made = [steps, directions * hidden];
  return at.add('Reshape', [back.name, at.integers(0, steps, directions * hidden)], made);
};

export const lastStep: Layer = (at, { name, dims }) => {
  const [steps = 1, width = 1] = dims;
  return at.add('Gather', [name, at.integer(steps - 1)], [width], { axis: 1n });
};
