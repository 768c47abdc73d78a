/** One model in several layouts, calibrated on images whose rows are taken for positions and whose columns for channels. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { modelOf, nodeOf, randomWeight } from '../../../../tests/fakes/small-model.ts';
import { staticOptions } from '../../../../tests/fakes/static-options.ts';
import type { InputSource } from '#shared/engine-protocol.ts';
import type { GraphProto, ModelProto, NodeProto } from '../../onnx/ir.ts';
import { floatsOf, tensorFrom } from '../../onnx/tensor-contents.ts';
import type { RangeMethod } from './choose-range.ts';
import { quantizeStatically } from '../static/quantize-graph.ts';
import { observeActivations } from './observe-activations.ts';
import { viewByItem } from './view-by-item.ts';

const images = join(import.meta.dirname, '../../../../resources/samples/fashion-mnist');
const inputs: InputSource = {
  kind: 'dataset',
  limit: 40,
  dataset: {
    id: 'fashion-mnist/train5k',
    format: 'idx',
    inputsPath: join(images, 'train5k-images-idx3-ubyte.gz'),
    labelsPath: null,
    classNames: [],
    preparation: { scale: 255, mean: 0.286, standardDeviation: 0.353 },
  },
};

const shapeOf = (name: string, sizes: number[]) =>
  tensorFrom(name, 'int64', [sizes.length], BigInt64Array.from(sizes, BigInt));
const layouts = {
  'batch first': { nodes: [], sizes: [-1, 28, 28] },
  'all positions in one row after the other': { nodes: [], sizes: [-1, 28] },
  'windows in the batch': { nodes: [], sizes: [-1, 7, 28] },
  'positions first': { nodes: [nodeOf('Transpose', ['r'], ['t'], { perm: [1n, 0n, 2n] })], sizes: [-1, 28, 28] },
} satisfies Record<string, { nodes: NodeProto[]; sizes: number[] }>;

function build({ nodes, sizes }: { nodes: NodeProto[]; sizes: number[] }): ModelProto {
  return modelOf(17, {
    inputs: { x: ['float32', ['batch', 1, 28, 28]] },
    outputs: ['y'],
    nodes: [
      nodeOf('Reshape', ['x', 'sizes'], ['r']),
      ...nodes,
      nodeOf('MatMul', [nodes.length > 0 ? 't' : 'r', 'w'], ['a']),
      nodeOf('Relu', ['a'], ['b']),
      nodeOf('MatMul', ['b', 'v'], ['y']),
    ],
    weights: [shapeOf('sizes', sizes), randomWeight('w', [28, 16], 1), randomWeight('v', [16, 8], 2)],
  });
}

async function scalesOf(layout: keyof typeof layouts, method: RangeMethod): Promise<number[]> {
  const model = build(layouts[layout]);
  await quantizeStatically(model, { ...staticOptions, method }, { inputs, provider: 'node:cpu', onProgress: () => {} });
  const { nodes, initializers } = model.graph as GraphProto;
  const scales = nodes.flatMap(({ opType, inputs: [, scale] }) => (opType === 'QuantizeLinear' && scale ? scale : []));
  expect(scales).toHaveLength(2);
  return scales.map((name) => floatsOf(initializers.find((tensor) => tensor.name === name) as never)[0] as number);
}

const methods: RangeMethod[] = ['mse', 'minmax', 'moving-average'];
const others = Object.keys(layouts).slice(1) as (keyof typeof layouts)[];

test.each(methods.flatMap((method) => others.map((layout) => ({ method, layout }))))(
  'scales by $method are those of the batch first: $layout',
  async ({ method, layout }) => {
    const expected = await scalesOf('batch first', method);
    const found = await scalesOf(layout, method);
    for (const [index, scale] of found.entries()) expect(scale / (expected[index] as number)).toBeCloseTo(1, 5);
  },
);

test('all frames of an item are seen where they are images of their own, with the means of their channels', async () => {
  const model = modelOf(17, {
    inputs: { x: ['float32', ['batch', 1, 28, 28]] },
    outputs: ['y'],
    nodes: [
      nodeOf('Reshape', ['x', 'sizes'], ['r']),
      nodeOf('Conv', ['r', 'w'], ['a']),
      nodeOf('Conv', ['a', 'v'], ['y']),
    ],
    weights: [shapeOf('sizes', [-1, 1, 7, 28]), randomWeight('w', [2, 1, 1, 1], 1), randomWeight('v', [2, 2, 1, 1], 2)],
  });
  const about = { model, tensors: ['a'], inputs, provider: 'node:cpu' as const, onProgress: () => {} };
  const { samples, statistics } = await observeActivations({ ...about, meansOf: new Set(['a']), exactExtremes: false });
  expect(samples.get('a')?.values).toHaveLength(40 * 4 * 2 * 7 * 28);
  expect(statistics.get('a')?.channelAxis).toBe(1);
  const { values = new Float32Array() } = samples.get('a') ?? {};
  const first = values.filter((_, index) => Math.floor(index / (7 * 28)) % 2 === 0);
  // Means are those of the first 32 items.
  const seen = first.subarray(0, 32 * 28 * 28);
  const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length;
  expect(statistics.get('a')?.means[0]).toBeCloseTo(mean, 4);
});

test.each([
  ['the batch is first', [1, 9, 16], {}, { dims: [1, 9, 16], change: null }],
  ['a fixed batch is first', [8, 9, 16], { itemsPerRun: 8 }, { dims: [8, 9, 16], change: null }],
  ['tokens in a row', [9, 16], {}, { dims: [1, 9, 16], change: { kind: 'reshape', shape: [-1, 9, 16] } }],
  ['a fixed batch of tokens', [72, 16], { itemsPerRun: 8 }, { dims: [8, 9, 16], channelAxis: 2 }],
  ['a vector', [16], {}, { dims: [1, 16], channelAxis: 1, ownChannelAxis: 0 }],
  ['positions first', [9, 1, 16], {}, { dims: [1, 9, 16], change: { kind: 'transpose', order: [1, 0, 2] } }],
  ['positions first, of a fixed batch', [9, 8, 16], { itemsPerRun: 8 }, { dims: [8, 9, 16], rowsPerItem: 1 }],
  ['rows whose number may differ', [5, 16], { isEven: false }, { dims: [5, 16], change: null, rowsPerItem: 5 }],
  ['rows that no batch divides', [9, 16], { itemsPerRun: 2 }, { dims: [9, 16], change: null, rowsPerItem: 4.5 }],
  ['images stay as they are', [9, 16, 7, 7], { isImage: true }, { change: null, rowsPerItem: 9, isImage: true }],
  ['without positions there is no image', [1, 16], { isImage: true }, { change: null, isImage: false }],
  ['a constant beside a fixed batch', [1, 16], { itemsPerRun: 8, isEven: false }, { change: null, rowsPerItem: 1 }],
])('%s', (_, dims, about, expected) => {
  const channelAxis = dims.length - 1;
  expect(viewByItem(dims, { channelAxis, itemsPerRun: 1, isImage: false, isEven: true, ...about })).toMatchObject(
    expected,
  );
});
