/** Against whole tensors of the bundled models, which ONNX Runtime gives. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { modelOf, nodeOf, randomWeight } from '../../../../tests/fakes/small-model.ts';
import type { InputSource } from '#shared/engine-protocol.ts';
import type { GraphProto } from '../../onnx/ir.ts';
import { loadModel } from '../../onnx/load-model.ts';
import { foldAll } from '../passes/fold-batch-norm.ts';
import { collectActivations } from './collect-activations.ts';
import { observeActivations } from './observe-activations.ts';

const samplesPath = join(import.meta.dirname, '../../../../resources/samples');
const inputs: InputSource = { kind: 'generated', seed: 5 };
const onProgress = () => {};

function imagesOf(limit: number, scale: number): InputSource {
  const inputsPath = join(samplesPath, 'fashion-mnist/train5k-images-idx3-ubyte.gz');
  const preparation = { scale, mean: 0, standardDeviation: 1 };
  return {
    kind: 'dataset',
    limit,
    dataset: { id: 'train5k', format: 'idx', inputsPath, labelsPath: null, classNames: [], preparation },
  };
}

describe.each(['mobilenet', 'vit'])('what is seen of %s', (name) => {
  test('has the extremes of the whole tensors', async () => {
    const { model } = await loadModel(join(samplesPath, `fashion-${name}.onnx`));
    foldAll(model);
    const products = (model.graph as GraphProto).nodes.filter(({ opType }) =>
      ['Conv', 'MatMul', 'Gemm'].includes(opType),
    );
    const weights = new Set((model.graph as GraphProto).initializers.map((tensor) => tensor.name));
    const tensors = [
      ...new Set(products.filter((node) => weights.has(node.inputs[1] ?? '')).map((node) => node.inputs[0] as string)),
    ];
    const whole = new Map<string, { highest: number; lowest: number }>();
    await collectActivations({
      model,
      tensorNames: tensors,
      inputs,
      look(tensor, values) {
        const found = whole.get(tensor) ?? { highest: -Infinity, lowest: Infinity };
        whole.set(tensor, found);
        for (let index = 0; index < values.length; index += 1) {
          const value = values[index] as number;
          if (value > found.highest) found.highest = value;
          if (value < found.lowest) found.lowest = value;
        }
      },
    });
    const seen = await observeActivations({
      model,
      tensors,
      inputs,
      provider: 'node:cpu',
      meansOf: new Set(tensors),
      exactExtremes: true,
      onProgress,
    });
    expect([...seen.samples.keys()].sort()).toEqual([...tensors].sort());
    expect(seen.itemCount).toBe(32);
    for (const [tensor, sample] of seen.samples) {
      const exact = whole.get(tensor);
      if (!exact) throw new Error(`${tensor} was not seen whole.`);
      const room = 1e-4 * Math.max(Math.abs(exact.highest), Math.abs(exact.lowest));
      expect(Math.abs(Math.max(...sample.highest) - exact.highest)).toBeLessThan(room);
      // Where nothing can be negative, the lowest is not looked at and is 0.
      expect(Math.abs(Math.min(0, ...sample.lowest) - Math.min(0, exact.lowest))).toBeLessThan(room);
      expect(sample.values.length).toBeGreaterThan(0);
      expect(Math.max(...sample.values.subarray(0, 10_000))).toBeLessThanOrEqual(exact.highest + room);
    }
  });
});

test('means are those of the items that are kept as feeds', async () => {
  const { model } = await loadModel(join(samplesPath, 'fashion-mobilenet.onnx'));
  foldAll(model);
  const tensor = (model.graph as GraphProto).nodes.find(({ opType }) => opType === 'Clip')?.outputs[0] as string;
  const { statistics, batches } = await observeActivations({
    model,
    tensors: [tensor],
    inputs,
    provider: 'node:cpu',
    meansOf: new Set([tensor]),
    exactExtremes: false,
    onProgress,
  });
  const found = statistics.get(tensor);
  if (!found) throw new Error('There are no means.');
  const [, channelCount = 0, ...sizes] = found.dims;
  const positions = sizes.reduce((total, size) => total * size, 1);
  const sums = new Float64Array(channelCount);
  let items = 0;
  await collectActivations({
    model,
    tensorNames: [tensor],
    inputs,
    itemLimit: batches.length,
    look(_, values) {
      items += values.length / (channelCount * positions);
      for (const [index, value] of values.entries()) {
        const channel = Math.floor(index / positions) % channelCount;
        sums[channel] = (sums[channel] as number) + value;
      }
    },
  });
  expect(items).toBe(batches.length);
  for (const [channel, mean] of found.means.entries()) {
    expect(mean).toBeCloseTo((sums[channel] as number) / (items * positions), 5);
  }
});

test('of more items than are looked at closely, the largest values are still those of all, and values come from all parts', async () => {
  const { model } = await loadModel(join(samplesPath, 'fashion-mobilenet.onnx'));
  foldAll(model);
  const tensor = (model.graph as GraphProto).nodes.find(({ opType }) => opType === 'Clip')?.outputs[0] as string;
  const itemCount = 288;
  // Beyond 6 the Clip would make all items alike.
  const dataset = imagesOf(itemCount, 255 * 8);
  const seen = await observeActivations({
    model,
    tensors: [tensor],
    inputs: dataset,
    provider: 'node:cpu',
    meansOf: new Set(),
    exactExtremes: false,
    onProgress,
  });
  let size = 0;
  const highest: number[] = [];
  await collectActivations({
    model,
    tensorNames: [tensor],
    inputs: dataset,
    look(_, values, [batch = 0, channelCount = 0, ...sizes]) {
      size = sizes.reduce((total, value) => total * value, 1);
      for (let index = 0; index < batch * channelCount * size; index += 1) {
        const channel = Math.floor(index / size) % channelCount;
        highest[channel] = Math.max(highest[channel] ?? 0, values[index] as number);
      }
    },
  });
  const sample = seen.samples.get(tensor);
  if (!sample) throw new Error('Nothing was seen.');
  expect(seen.itemCount).toBe(itemCount);
  for (const [channel, value] of sample.highest.entries()) expect(value).toBeCloseTo(highest[channel] as number, 4);
  const items = sample.values.length / (sample.channelCount * sample.inner);
  expect(items).toBe(128);
  expect(sample.inner).toBeLessThan(size);
});

describe('a convolution, which can be negative, and its ReLU', () => {
  const observe = (
    batch: number | string,
    itemCount: number,
    options: { tensors: string[]; exactExtremes: boolean },
  ) => {
    const model = modelOf(17, {
      inputs: { x: ['float32', [batch, 1, 28, 28]] },
      outputs: ['y'],
      nodes: [nodeOf('Conv', ['x', 'w'], ['a']), nodeOf('Relu', ['a'], ['b']), nodeOf('Conv', ['b', 'v'], ['y'])],
      weights: [randomWeight('w', [4, 1, 3, 3], 1), randomWeight('v', [2, 4, 1, 1], 2)],
    });
    const about = { model, inputs: imagesOf(itemCount, 255), provider: 'node:cpu', onProgress } as const;
    return observeActivations({ ...about, meansOf: new Set(), ...options });
  };

  test('have the same extremes looked at closely and on all items, and whether all values are asked for or not', async () => {
    const whole = await observe(300, 300, { tensors: ['a', 'b'], exactExtremes: true });
    const seen = await observe('batch', 300, { tensors: ['a', 'b'], exactExtremes: true });
    const close = await observe('batch', 300, { tensors: ['a', 'b'], exactExtremes: false });
    for (const [name, { highest, lowest, meanHighest, meanLowest }] of seen.samples) {
      const expected = whole.samples.get(name);
      for (const [channel, value] of highest.entries()) expect(value).toBeCloseTo(expected?.highest[channel] ?? NaN, 5);
      for (const [channel, value] of lowest.entries()) expect(value).toBeCloseTo(expected?.lowest[channel] ?? NaN, 5);
      for (const [channel, value] of meanHighest.entries())
        expect(value).toBeCloseTo(expected?.meanHighest[channel] ?? NaN, 4);
      for (const [channel, value] of meanLowest.entries())
        expect(value).toBeCloseTo(expected?.meanLowest[channel] ?? NaN, 4);
    }
    for (const [name, { highest, lowest }] of close.samples) {
      expect({ highest, lowest }).toEqual({
        highest: seen.samples.get(name)?.highest,
        lowest: seen.samples.get(name)?.lowest,
      });
    }
  });

  test.each([
    ['a fixed batch of more than are wanted is seen whole', 150, 320, { seen: 300, values: 150 }],
    ['fixed batches that do not fit in with others are not cut', 50, 410, { seen: 400, values: 100 }],
    ['few items are all seen closely', 'batch', 100, { seen: 100, values: 100 }],
  ])('%s', async (_, batch, itemCount, expected) => {
    const { samples, itemCount: seen } = await observe(batch, itemCount, { tensors: ['b'], exactExtremes: false });
    const { values = [], channelCount = 0, inner = 0 } = samples.get('b') ?? {};
    expect({ seen, values: values.length / (channelCount * inner) }).toEqual(expected);
  });
});

describe('convolutions whose results are added up', () => {
  const observe = (exactExtremes: boolean) => {
    const model = modelOf(17, {
      inputs: { x: ['float32', ['batch', 1, 28, 28]] },
      outputs: ['y'],
      nodes: [
        nodeOf('Conv', ['x', 'v'], ['a'], { strides: [1n, 1n], pads: [1n, 1n, 1n, 1n] }),
        nodeOf('Conv', ['x', 'w'], ['b'], { pads: [1n, 1n, 1n, 1n] }),
        nodeOf('Add', ['a', 'b'], ['y']),
      ],
      weights: [randomWeight('v', [256, 1, 3, 3], 1), randomWeight('w', [256, 1, 3, 3], 2)],
    });
    const about = { model, inputs: imagesOf(160, 255), provider: 'node:cpu', meansOf: new Set<string>() } as const;
    return observeActivations({ ...about, tensors: ['a', 'b'], exactExtremes, onProgress });
  };

  test('are seen at the same positions of the same items as if they were taken out of the model', async () => {
    const [apart, taken] = [await observe(false), await observe(true)];
    for (const [name, { values, highest }] of apart.samples) {
      const whole = taken.samples.get(name);
      expect(values.length).toBe(whole?.values.length);
      for (const [index, value] of values.entries())
        if (Math.abs(value - (whole?.values[index] ?? NaN)) > 1e-5) throw new Error(`${name} differs at ${index}.`);
      for (const [channel, value] of highest.entries())
        expect(value).toBeLessThanOrEqual((whole?.highest[channel] ?? NaN) + 1e-5);
    }
  });

  test('are not looked at on more items than are looked at closely', async () => {
    expect((await observe(false)).itemCount).toBeLessThanOrEqual(128);
    expect((await observe(true)).itemCount).toBe(160);
  });
});

test('a run takes several items where all tensors together are large, and those that live at once are not', async () => {
  const depth = 40;
  const names = Array.from({ length: depth }, (_, index) => `t${index}`);
  const model = modelOf(17, {
    inputs: { image: ['float32', ['batch', 1, 28, 28]] },
    outputs: [names.at(-1) as string],
    weights: [randomWeight('weight', [512, 1, 1, 1], 1)],
    nodes: names.map((name, index) =>
      index === 0
        ? nodeOf('Conv', ['image', 'weight'], [name])
        : nodeOf('Sigmoid', [names[index - 1] as string], [name]),
    ),
  });
  const { batches, itemCount } = await observeActivations({
    model,
    tensors: names,
    inputs: imagesOf(8, 255),
    provider: 'node:cpu',
    meansOf: new Set(names),
    exactExtremes: false,
    onProgress,
  });
  expect(itemCount).toBe(8);
  expect(batches[0]?.['image']?.dims[0]).toBeGreaterThan(1);
});
