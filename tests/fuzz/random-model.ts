/**
 * Small networks as fast-check draws them: layers behind each other and beside each other, on images, sequences, vectors and tokens. All shapes
 * are known while a model is built, so that each of them runs.
 */
import fc from 'fast-check';
import type { ModelProto, NodeProto, TensorProto } from '../../src/engine/onnx/ir.ts';
import { tensorFrom } from '../../src/engine/onnx/tensor-contents.ts';
import { createRandom } from '../../src/shared/statistics/random.ts';
import { modelOf, nodeOf } from '../fakes/small-model.ts';
import type { Builder, LayerDraw, Value } from './layer-parts.ts';
import { anywhere, ofImages, ofSequences, ofVectors } from './random-layers.ts';

export type ModelDraw = {
  opset: number;
  /** Null: open. */
  batch: 1 | null;
  start: 'image' | 'sequence' | 'vector' | 'tokens';
  width: number;
  size: number;
  seed: number;
  /** Of weights: alike all over, a channel far larger than the others, far too small for float16, or with a channel of zeros. */
  spread: 'even' | 'channels' | 'tiny' | 'zeros';
  layers: LayerDraw[];
  outputCount: number;
};

const TOKEN_COUNT = 50;
/** Beyond, models take seconds. */
const LARGEST_VALUE = 20_000;

export const modelDraws: fc.Arbitrary<ModelDraw> = fc.record({
  opset: fc.constantFrom(11, 12, 13, 15, 17, 18, 20, 21),
  batch: fc.constantFrom<1 | null>(null, 1),
  start: fc.constantFrom<ModelDraw['start']>('image', 'image', 'sequence', 'vector', 'tokens'),
  width: fc.constantFrom(3, 8, 16, 24, 32, 64),
  size: fc.constantFrom(4, 5, 8, 9),
  seed: fc.nat(2 ** 30),
  spread: fc.constantFrom<ModelDraw['spread']>('even', 'even', 'channels', 'tiny', 'zeros'),
  layers: fc.array(
    fc.record({ kind: fc.nat(10_000), from: fc.nat(3), other: fc.nat(5), a: fc.nat(1000), b: fc.nat(1000) }),
    { minLength: 1, maxLength: 12, size: 'max' },
  ),
  outputCount: fc.constantFrom(1, 1, 2),
});

/** What the model is fed: its type, and the sizes behind the batch. */
export function inputOf({ start, width, size }: ModelDraw): { dtype: 'float32' | 'int64'; dims: number[] } {
  switch (start) {
    case 'image':
      return { dtype: 'float32', dims: [width, size, size] };
    case 'sequence':
      return { dtype: 'float32', dims: [size, width] };
    case 'vector':
      return { dtype: 'float32', dims: [width] };
    case 'tokens':
      return { dtype: 'int64', dims: [size] };
  }
}

/** The largest token, and one. */
export const tokenCount = TOKEN_COUNT;

export function buildModel(draw: ModelDraw): ModelProto {
  const { at, nodes, weights } = createBuilder(draw);
  const { dtype, dims } = inputOf(draw);
  const input: Value = { name: 'input', dims };
  at.values.push(
    draw.start === 'tokens'
      ? at.add('Gather', [at.weight([TOKEN_COUNT, draw.width]), 'input'], [...dims, draw.width], { axis: 0n })
      : input,
  );
  const made: Value[] = [];
  for (const layer of draw.layers) {
    const value = at.values.at(-1 - (layer.from % at.values.length)) as Value;
    const own = value.dims.length === 3 ? ofImages : value.dims.length === 2 ? ofSequences : ofVectors;
    const choices = [...own, ...anywhere];
    const next = choices[layer.kind % choices.length]?.(at, value, layer);
    if (!next || product(next.dims) > LARGEST_VALUE) continue;
    at.values.push(next);
    made.push(next);
  }
  if (made.length === 0) made.push(at.add('Identity', [at.values.at(-1)?.name ?? ''], dims));
  return modelOf(draw.opset, {
    inputs: { input: [dtype, [draw.batch ?? 'batch', ...dims]] },
    outputs: made.slice(-draw.outputCount).map(({ name }) => name),
    nodes,
    weights,
  });
}

const product = (dims: readonly number[]): number => dims.reduce((all, size) => all * size, 1);

function createBuilder({ opset, batch, seed, spread }: ModelDraw): {
  at: Builder;
  nodes: NodeProto[];
  weights: TensorProto[];
} {
  const random = createRandom(seed);
  const nodes: NodeProto[] = [];
  const weights: TensorProto[] = [];
  const store = (tensor: TensorProto): string => {
    weights.push(tensor);
    return tensor.name;
  };
  const nextName = (wish: string): string => `${wish}${nodes.length + weights.length}`;
  const bell = (): number => random() + random() + random() - 1.5;

  const weight = (dims: number[], scale?: number): string => {
    const [rows = 1, ...others] = dims;
    const columns = product(others);
    // Those who read see about as much as they are given.
    const deviation = scale ?? 1 / Math.sqrt(dims.length === 1 ? 4 : Math.max(1, dims.length === 2 ? rows : columns));
    const factors = Float64Array.from({ length: rows }, (_, row) => {
      if (spread === 'channels' && row % 7 === 3) return 30;
      if (spread === 'tiny' && row % 5 === 1) return 1e-9;
      return spread === 'zeros' && row % 4 === 2 ? 0 : 1;
    });
    const values = Float32Array.from(
      { length: rows * columns },
      (_, index) => 2 * deviation * bell() * (factors[Math.floor(index / columns)] as number),
    );
    return store(tensorFrom(nextName('w'), 'float32', dims, values));
  };

  const at: Builder = {
    opset,
    batch,
    values: [],
    weight,
    addAll(opType, inputs, dims, attributes) {
      const names = dims.map((_, index) => `${nextName(opType)}_${index}`);
      nodes.push(nodeOf(opType, inputs, names, attributes));
      return dims.map((each, index) => ({ name: names[index] as string, dims: each }));
    },
    add: (opType, inputs, dims, attributes) => at.addAll(opType, inputs, [dims], attributes)[0] as Value,
    positive: (dims) =>
      store(
        tensorFrom(
          nextName('w'),
          'float32',
          dims,
          Float32Array.from({ length: product(dims) }, () => 0.5 + random()),
        ),
      ),
    constant: (values, dims = [values.length]) =>
      store(tensorFrom(nextName('c'), 'float32', dims, Float32Array.from(values))),
    integers: (...values) =>
      store(tensorFrom(nextName('i'), 'int64', [values.length], BigInt64Array.from(values, BigInt))),
    integer: (value) => store(tensorFrom(nextName('i'), 'int64', [], BigInt64Array.of(BigInt(value)))),
  };
  return { at, nodes, weights };
}
