/** On the bundled models: what is chosen, and what ONNX Runtime makes of the pairs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InputSource } from '#shared/engine-protocol.ts';
import { dimensionSchema, type GraphProto, type ModelProto, typeSchema, valueInfoSchema } from '../../onnx/ir.ts';
import { createMessage } from '../../onnx/message.ts';
import { loadModel } from '../../onnx/load-model.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import { writeModel } from '../../onnx/write-model.ts';
import { measureFidelity } from '../../quality/measure-fidelity.ts';
import { loadOnnxRuntime } from '../../runtime/onnxruntime.ts';
import { raiseOpset } from '../../onnx/raise-opset/raise-opset.ts';
import { foldAll } from '../passes/fold-batch-norm.ts';
import { graphOf, modelOf, nodeOf, randomWeight, runOnFeeds, valueOf } from '../../../../tests/fakes/small-model.ts';
import { staticOptions } from '../../../../tests/fakes/static-options.ts';
import { findSites } from './find-sites.ts';
import { quantizeStatically, type StaticOptions } from './quantize-graph.ts';
import { WEIGHT_LIMITS } from './quantize-tensor.ts';
import { createSegmentRunner } from './run-in-segments.ts';

const samplesPath = join(import.meta.dirname, '../../../../resources/samples');
const inputs: InputSource = { kind: 'generated', seed: 3 };
const context = { inputs, provider: 'node:cpu' as const, onProgress: () => {} };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-static-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pathOf = (name: string): string => join(samplesPath, `fashion-${name}.onnx`);

async function loadFolded(name: string): Promise<ModelProto> {
  const { model } = await loadModel(pathOf(name));
  foldAll(model);
  return model;
}

/** As exporters write models that were not told to leave it open. */
function fixBatch({ graph }: ModelProto, batch: number): void {
  for (const { type } of [...(graph?.inputs ?? []), ...(graph?.outputs ?? [])]) {
    const dimensions = type?.tensor?.shape?.dimensions ?? [];
    dimensions[0] = createMessage(dimensionSchema, { value: batch });
  }
}

function countOperators({ nodes }: GraphProto): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { opType } of nodes) counts[opType] = (counts[opType] ?? 0) + 1;
  return counts;
}

describe('sites', () => {
  const siteOptions = { operators: ['Conv', 'MatMul', 'Gemm'], isExcluded: () => false, carries: true };

  test('of the residual network are all its products, and the additions between them', async () => {
    const sites = findSites((await loadFolded('resnet')).graph as GraphProto, siteOptions);
    expect(sites.products).toHaveLength(14);
    expect(sites.carriers.map(({ opType }) => opType)).toEqual([
      ...Array.from({ length: 5 }, () => 'Add'),
      'GlobalAveragePool',
      'Flatten',
    ]);
    // A convolution gives integers after its ReLU; the class scores stay float32.
    expect(sites.tensors).toContain('/2/Relu_output_0');
    expect(sites.tensors).not.toContain('/0/Conv_output_0');
    expect(sites.tensors).not.toContain('logits');
  });

  test('of the transformer are products with weights; those of two activations say why they stay', async () => {
    const sites = findSites((await loadFolded('vit')).graph as GraphProto, siteOptions);
    expect(sites.products).toHaveLength(22);
    expect(new Set(sites.skipped.map(({ reason }) => reason))).toEqual(new Set(['its weight is not constant']));
  });

  test('leave out what is excluded', async () => {
    const graph = (await loadFolded('resnet')).graph as GraphProto;
    const sites = findSites(graph, { ...siteOptions, isExcluded: ({ name }) => name === '/0/Conv' });
    expect(sites.products).toHaveLength(13);
    expect(sites.skipped).toEqual([{ name: '/0/Conv', reason: 'it is excluded' }]);
  });
});

describe('what ONNX Runtime makes of it', () => {
  test.each([
    ['resnet', { QLinearConv: 13, QLinearAdd: 5 }],
    ['mobilenet', { QLinearConv: 32 }],
    ['vit', { QLinearConv: 1, MatMulIntegerToFloat: 20 }],
    ['vit', { QLinearConv: 1, MatMulIntegerToFloat: 20 }, 1],
  ])('of %s computes every product in integers', async (name, expected, batch?: number) => {
    const ort = await loadOnnxRuntime();
    const model = await loadFolded(name);
    if (batch !== undefined) fixBatch(model, batch);
    await quantizeStatically(model, staticOptions, context);
    const path = join(folder, `${name}.onnx`);
    const optimizedPath = join(folder, `${name}.optimized.onnx`);
    await writeModel(model, path);
    const session = await ort.InferenceSession.create(path, {
      graphOptimizationLevel: 'extended',
      optimizedModelFilePath: optimizedPath,
    });
    await session.release();
    const counts = countOperators((await loadModel(optimizedPath)).model.graph as GraphProto);
    expect(counts).toMatchObject(expected);
    expect(counts).not.toHaveProperty('Conv');
    expect(counts).not.toHaveProperty('Gemm');
  });

  test.each([
    ['uint8', 17],
    ['uint8', 21],
    ['int4', 17],
    ['int4', 21],
  ] as const)('computes in integers with weights in %s at opset %i', async (weightType, opset) => {
    const ort = await loadOnnxRuntime();
    const model = await loadFolded('resnet');
    raiseOpset(model, opset);
    await quantizeStatically(model, { ...staticOptions, weightType, weightLimit: WEIGHT_LIMITS[weightType] }, context);
    const path = join(folder, `resnet.${weightType}.${opset}.onnx`);
    const optimizedModelFilePath = join(folder, `resnet.${weightType}.${opset}.optimized.onnx`);
    await writeModel(model, path);
    const session = await ort.InferenceSession.create(path, {
      graphOptimizationLevel: 'extended',
      optimizedModelFilePath,
    });
    await session.release();
    const counts = countOperators((await loadModel(optimizedModelFilePath)).model.graph as GraphProto);
    expect(counts).toMatchObject({ QLinearConv: 13, QLinearAdd: 5 });
    expect(counts).not.toHaveProperty('DequantizeLinear');
    const fidelity = await measureFidelity({
      referencePath: pathOf('resnet'),
      candidatePath: path,
      inputs,
      provider: 'node:cpu',
    });
    expect(fidelity.sqnrDb).toBeGreaterThan(weightType === 'int4' ? 15 : 30);
  });
});

describe('a quantized model that is run in segments', () => {
  test.each(['resnet', 'vit'])('gives for %s the integers of a run of the whole', async (name) => {
    const ort = await loadOnnxRuntime();
    const model = await loadFolded(name);
    await quantizeStatically(model, staticOptions, context);
    const graph = model.graph as GraphProto;
    const targets = graph.nodes
      .filter(({ opType }) => opType === 'QuantizeLinear')
      .map(({ outputs }) => outputs[0] as string);
    const feeds = {
      image: new ort.Tensor(
        'float32',
        new Float32Array(4 * 784).map((_, i) => Math.sin(i)),
        [4, 1, 28, 28],
      ),
    };
    const path = join(folder, `${name}.whole.onnx`);
    const declared = graph.outputs;
    graph.outputs = targets.map((target) => createMessage(valueInfoSchema, { name: target }));
    await writeModel(model, path);
    graph.outputs = declared;
    const session = await ort.InferenceSession.create(path);
    const whole = await session.run(feeds);
    await session.release();
    const compute = createSegmentRunner(model, [feeds], 'node:cpu');
    for (const target of targets) {
      const [tensor] = await compute(target);
      if (!tensor) throw new Error(`${target} was not computed.`);
      expect(tensor.dims).toEqual(whole[target]?.dims);
      const expected = whole[target]?.data as Uint8Array;
      // Floats between them may be added up in another order, and a value in the middle rounded the other way.
      const steps = (tensor.data as Uint8Array).map((value, index) => Math.abs(value - (expected[index] as number)));
      expect(Math.max(...steps)).toBeLessThanOrEqual(2);
      expect(steps.filter((step) => step > 0).length / steps.length).toBeLessThan(0.05);
    }
  });
});

test('segments take batches of different sizes', async () => {
  const ort = await loadOnnxRuntime();
  const model = await loadFolded('resnet');
  await quantizeStatically(model, staticOptions, context);
  const target = (model.graph as GraphProto).nodes.findLast(({ opType }) => opType === 'QuantizeLinear')?.outputs[0];
  const batches = [3, 1].map((count) => ({
    image: new ort.Tensor('float32', new Float32Array(count * 784).fill(0.5), [count, 1, 28, 28]),
  }));
  const compute = createSegmentRunner(model, batches, 'node:cpu');
  const [three, one] = await compute(target ?? '');
  expect([three?.dims[0], one?.dims[0]]).toEqual([3, 1]);
  expect([...((one?.data ?? []) as Uint8Array)]).toEqual([...((three?.data ?? []) as Uint8Array)].slice(0, one?.size));
});

test('segments hand over what is made of a sequence, and never the sequence', async () => {
  const ort = await loadOnnxRuntime();
  const model = modelOf(17, {
    inputs: { x: ['float32', [1, 4]] },
    outputs: ['y'],
    nodes: [
      nodeOf('MatMul', ['x', 'w'], ['a']),
      nodeOf('SequenceConstruct', ['x', 'a'], ['s']),
      nodeOf('SequenceAt', ['s', 'second'], ['b']),
      nodeOf('MatMul', ['b', 'w'], ['c']),
      nodeOf('SequenceInsert', ['s', 'c'], ['t']),
      nodeOf('ConcatFromSequence', ['t'], ['y'], { axis: 0n }),
    ],
    weights: [randomWeight('w', [4, 4], 1), tensorFrom('second', 'int64', [], BigInt64Array.of(1n))],
  });
  const feeds = { x: new ort.Tensor('float32', Float32Array.of(1, 2, 3, 4), [1, 4]) };
  const compute = createSegmentRunner(model, [feeds], 'node:cpu');
  const valuesOf = async (name: string): Promise<number[]> => {
    const [tensor] = await compute(name);
    return [...((tensor?.data ?? []) as Float32Array)];
  };
  const [a, b, c, y] = [await valuesOf('a'), await valuesOf('b'), await valuesOf('c'), await valuesOf('y')];
  expect(b).toEqual(a);
  expect(y).toEqual([1, 2, 3, 4, ...a, ...c]);
});

test('segments find out by themselves what gives sequences, and hand over what is made of them', async () => {
  const ort = await loadOnnxRuntime();
  const sequence = (name: string) =>
    createMessage(valueInfoSchema, {
      name,
      type: createMessage(typeSchema, { sequence: { element: valueOf('', 'float32').type } }),
    });
  const branch = (name: string, inputs: string[]) =>
    graphOf({
      outputs: [sequence(name), valueOf(`${name}_sum`, 'float32')],
      nodes: [nodeOf('SequenceConstruct', inputs, [name]), nodeOf('Add', ['a', 'a'], [`${name}_sum`])],
    });
  const model = modelOf(17, {
    inputs: { x: ['float32', [1, 4]], flag: ['bool', []] },
    outputs: ['y'],
    nodes: [
      nodeOf('MatMul', ['x', 'w'], ['a']),
      nodeOf('If', ['flag'], ['s', 'twice'], {
        then_branch: branch('t', ['x', 'a']),
        else_branch: branch('e', ['a', 'x']),
      }),
      nodeOf('SequenceAt', ['s', 'second'], ['b']),
      nodeOf('MatMul', ['b', 'w'], ['c']),
      nodeOf('Sum', ['c', 'twice'], ['d']),
      nodeOf('SequenceInsert', ['s', 'd'], ['u']),
      nodeOf('ConcatFromSequence', ['u'], ['y'], { axis: 0n }),
    ],
    weights: [randomWeight('w', [4, 4], 1), tensorFrom('second', 'int64', [], BigInt64Array.of(1n))],
  });
  const feeds = { x: Float32Array.of(1, 2, 3, 4), flag: [true] };
  const whole = await runOnFeeds(model, {
    x: { dims: [1, 4], values: feeds.x },
    flag: { dims: [], values: feeds.flag },
  });
  const tensors = { x: new ort.Tensor('float32', feeds.x, [1, 4]), flag: new ort.Tensor('bool', feeds.flag, []) };
  const compute = createSegmentRunner(model, [tensors], 'node:cpu');
  for (const name of ['a', 'b', 'c']) await compute(name);
  const [y] = await compute('y');
  expect([...((y?.data ?? []) as Float32Array)]).toEqual(whole.y);

  // As `declareTypes` does.
  model.graph?.valueInfos.push(valueOf('b', 'float32', [1, 4]));
  const { sites } = await quantizeStatically(model, { ...staticOptions, correctsBias: true }, context);
  expect(sites.products).toHaveLength(2);
  const { y: rounded } = await runOnFeeds(model, {
    x: { dims: [1, 4], values: feeds.x },
    flag: { dims: [], values: feeds.flag },
  });
  expect(rounded).toHaveLength(12);
});

describe('mixed precision on a real model', () => {
  const crude: StaticOptions = {
    ...staticOptions,
    method: 'minmax',
    perChannel: false,
    weightLimit: 63,
    balances: false,
    equalization: 0,
  };

  test('brings a crude quantization to its target with few layers in float32', async () => {
    const model = await loadFolded('mobilenet');
    const target = { leastSqnrDb: 25, leastCosine: 0 };
    const { mixed, sites } = await quantizeStatically(
      model,
      { ...crude, mixing: { target, mostFloatShare: 0.2 } },
      context,
    );
    if (!mixed) throw new Error('Nothing was measured.');
    expect(mixed.before.sqnrDb).toBeLessThan(target.leastSqnrDb);
    expect(mixed.isMet).toBe(true);
    expect(mixed.kept.length).toBeGreaterThan(0);
    expect(mixed.kept.length).toBeLessThanOrEqual(8);
    expect(mixed.floatShare).toBeLessThanOrEqual(0.2);
    expect(sites.products).toHaveLength(33 - mixed.kept.length);
    const path = join(folder, 'mixed.onnx');
    await writeModel(model, path);
    const { sqnrDb } = await measureFidelity({
      referencePath: pathOf('mobilenet'),
      candidatePath: path,
      inputs,
      provider: 'node:cpu',
    });
    // The same generated items; folding and sums in another order move the last digits.
    expect(sqnrDb).toBeCloseTo(mixed.after.sqnrDb, 1);
  });

  test('says that a target is out of reach', async () => {
    const target = { leastSqnrDb: 70, leastCosine: 0 };
    const { mixed } = await quantizeStatically(
      await loadFolded('mobilenet'),
      { ...crude, mixing: { target, mostFloatShare: 0.05 } },
      context,
    );
    expect(mixed?.isMet).toBe(false);
    expect(mixed?.floatShare).toBeLessThanOrEqual(0.05);
  });
});

test('a model whose products all have to stay float32 for the precision that is asked for is refused', async () => {
  const model = modelOf(17, {
    inputs: { x: ['float32', ['batch', 8]] },
    outputs: ['y'],
    nodes: [nodeOf('MatMul', ['x', 'w'], ['y'])],
    weights: [randomWeight('w', [8, 8], 1)],
  });
  const mixing = { target: { leastSqnrDb: 80, leastCosine: 0 }, mostFloatShare: 1 };
  await expect(quantizeStatically(model, { ...staticOptions, mixing }, context)).rejects.toMatchObject({
    kind: 'unsupported',
    message: expect.stringContaining('nothing left to quantize') as string,
  });
});

test('an input of 151,936 channels has a range, although a call does not take as many arguments', async () => {
  const model = modelOf(17, {
    inputs: { x: ['float32', ['batch', 151_936]] },
    outputs: ['y'],
    nodes: [nodeOf('MatMul', ['x', 'w'], ['y'])],
    weights: [randomWeight('w', [151_936, 2], 1)],
  });
  const { sites } = await quantizeStatically(model, staticOptions, context);
  expect(sites.products).toHaveLength(1);
});
