/** Static quantization inside of the branches of an If, in the real ONNX Runtime. */
import { describe, expect, test } from 'vitest';
import {
  graphOf,
  modelOf,
  nodeOf,
  randomFloats,
  randomWeight,
  runOnFeeds,
  valueOf,
} from '../../../../tests/fakes/small-model.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import type { ModelProto, NodeProto } from '../../onnx/ir.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import { walkGraphs } from '../../onnx/walk-model.ts';
import { measureDistance } from '../../quality/fidelity-meter.ts';
import { findTakenBranches } from './find-taken-branches.ts';
import { quantizeStatic } from '../passes/quantize-static.ts';

const padded = { pads: [1n, 1n, 1n, 1n] };
const context = {
  parentPath: '',
  inputs: { kind: 'generated', seed: 3 },
  cpuExtensions: async () => ['avx512-vnni' as const],
  onProgress: () => {},
} as const;

/** @param limit the then branch is taken where the rate, which is generated as 16000, is larger */
function build(limit: bigint): ModelProto {
  return modelOf(17, {
    inputs: { x: ['float32', [1, 3, 8, 8]], sr: ['int64', []] },
    outputs: ['y'],
    nodes: [
      nodeOf('Conv', ['x', 'w'], ['a'], padded),
      nodeOf('Greater', ['sr', 'limit'], ['isFast']),
      nodeOf('If', ['isFast'], ['b'], {
        then_branch: graphOf({
          nodes: [
            nodeOf('Relu', ['a'], ['r']),
            nodeOf('Conv', ['r', 'shared'], ['c'], padded),
            nodeOf('Relu', ['c'], ['d']),
            nodeOf('Conv', ['d', 'own'], ['t']),
          ],
          outputs: [valueOf('t', 'float32', [1, 4, 8, 8])],
          initializers: [randomWeight('own', [4, 4, 1, 1], 3)],
        }),
        else_branch: graphOf({
          nodes: [nodeOf('Conv', ['a', 'shared'], ['e'], padded)],
          outputs: [valueOf('e', 'float32', [1, 4, 8, 8])],
        }),
      }),
      nodeOf('Tanh', ['b'], ['y']),
    ],
    weights: [
      randomWeight('w', [4, 3, 3, 3], 1),
      randomWeight('shared', [4, 4, 3, 3], 2),
      tensorFrom('limit', 'int64', [], BigInt64Array.of(limit)),
    ],
  });
}

async function quantize(model: ModelProto, given: Record<string, unknown> = {}) {
  const quantized = cloneModel(model);
  const { findings, summary } = await quantizeStatic.apply(quantized, quantizeStatic.settings.parse(given), context);
  const pairs = [...walkGraphs(quantized)].map(
    ({ nodes }) => nodes.filter(({ opType }) => opType === 'QuantizeLinear').length,
  );
  return { quantized, summary, pairs, skipped: findings.filter(({ kind }) => kind === 'skipped') };
}

async function noiseOf(quantized: ModelProto, model: ModelProto, rate: bigint): Promise<number> {
  const feeds = {
    x: { dims: [1, 3, 8, 8], values: randomFloats(192, 5) },
    sr: { dims: [], values: BigInt64Array.of(rate) },
  };
  const [exact, rounded] = [await runOnFeeds(model, feeds), await runOnFeeds(quantized, feeds)];
  const { noise, signal } = measureDistance(exact['y'] as number[], rounded['y'] as number[]);
  return noise / signal;
}

test('the branch that is taken becomes integers, and the other one says why it does not', async () => {
  const model = build(8000n);
  const { quantized, summary, pairs, skipped } = await quantize(model);
  expect(summary).toMatch(/^3 operators quantized/);
  // The main graph, the branch that is taken, and the other one.
  expect(pairs[0]).toBeGreaterThan(0);
  expect(pairs[1]).toBeGreaterThan(0);
  expect(pairs[2]).toBe(0);
  expect(skipped.map(({ subjects, message }) => [subjects, message])).toEqual([
    [['Conv_e'], expect.stringContaining('no calibration item takes the branch that it is in')],
  ]);
  expect(await noiseOf(quantized, model, 16_000n)).toBeLessThan(1e-2);
  // Its input comes from a convolution that was quantized; it is not.
  expect(await noiseOf(quantized, model, 1n)).toBeLessThan(1e-2);
});

test('the other branch, where that one is taken', async () => {
  const model = build(48_000n);
  const { quantized, pairs, skipped } = await quantize(model);
  expect(pairs[1]).toBe(0);
  expect(pairs[2]).toBeGreaterThan(0);
  expect(skipped[0]?.subjects).toEqual(['Conv_c', 'Conv_t']);
  expect(await noiseOf(quantized, model, 16_000n)).toBeLessThan(1e-2);
});

test('nodes of a branch are excluded by name', async () => {
  const { skipped } = await quantize(build(8000n), { exclude: ['Conv_c'] });
  expect(skipped.find(({ message }) => message.includes('excluded'))?.subjects).toEqual(['Conv_c']);
});

test('a product in a loop says that it is not calibrated', async () => {
  const model = modelOf(17, {
    inputs: { x: ['float32', [1, 4]], flag: ['bool', []] },
    outputs: ['y'],
    nodes: [
      nodeOf('Loop', ['count', 'flag', 'x'], ['y'], {
        body: graphOf({
          inputs: [valueOf('i', 'int64', []), valueOf('go', 'bool', []), valueOf('state', 'float32', [1, 4])],
          nodes: [nodeOf('MatMul', ['state', 'w'], ['next']), nodeOf('Identity', ['go'], ['on'])],
          outputs: [valueOf('on', 'bool', []), valueOf('next', 'float32', [1, 4])],
        }),
      }),
    ],
    weights: [randomWeight('w', [4, 4], 1), tensorFrom('count', 'int64', [], BigInt64Array.of(3n))],
  });
  await expect(quantize(model)).rejects.toThrow(/“MatMul_next” stays as it is: it is inside of Loop/);
});

describe('which branches are taken', () => {
  async function find(nodes: NodeProto[], conditions: string[]) {
    const model = modelOf(17, {
      inputs: { x: ['float32', [1, 3, 8, 8]] },
      outputs: conditions,
      nodes,
      weights: [
        tensorFrom('zero', 'float32', [], Float32Array.of(0)),
        tensorFrom('huge', 'float32', [], Float32Array.of(1e9)),
        tensorFrom('shape', 'int64', [1], BigInt64Array.of(7n)),
        tensorFrom('none', 'int64', [1], BigInt64Array.of(0n)),
        tensorFrom('flat', 'int64', [1], BigInt64Array.of(-1n)),
      ],
    });
    const seen: string[] = [];
    const taken = await findTakenBranches(model, new Set(conditions), {
      inputs: { kind: 'generated', seed: 3 },
      provider: 'node:cpu',
      onProgress: ({ message }) => void seen.push(message),
    });
    return { taken: Object.fromEntries([...taken].map(([name, own]) => [name, [...own].toSorted()])), seen };
  }
  const sign = [
    nodeOf('ReduceSum', ['x'], ['sum'], { keepdims: 0n }),
    nodeOf('Greater', ['sum', 'zero'], ['isPositive']),
  ];
  const never = nodeOf('Greater', ['sum', 'huge'], ['isHuge']);
  const both = ['else_branch', 'then_branch'];

  test('is told of all conditions in one run of the items, each told as it is done', async () => {
    const { taken, seen } = await find([...sign, never], ['isPositive', 'isHuge']);
    expect(taken).toEqual({ isPositive: both, isHuge: ['else_branch'] });
    const itemCount = Number(/(\d+) items/.exec(seen[0] ?? '')?.[1]);
    expect(seen).toHaveLength(itemCount);
  });

  test('is known once both were', async () => {
    const { taken, seen } = await find(sign, ['isPositive']);
    expect(taken).toEqual({ isPositive: both });
    const itemCount = Number(/(\d+) items/.exec(seen[0] ?? '')?.[1]);
    expect(seen.length).toBeLessThan(itemCount);
  });

  test('is not guessed where a condition has no value', async () => {
    const nodes = [
      nodeOf('Reshape', ['x', 'flat'], ['values']),
      nodeOf('Slice', ['values', 'none', 'none'], ['nothing']),
      nodeOf('Greater', ['nothing', 'zero'], ['isPositive']),
    ];
    await expect(find(nodes, ['isPositive'])).rejects.toThrow(/“isPositive” of an If has no value/);
  });

  test('says why the model does not run, and the way out', async () => {
    const nodes = [
      nodeOf('Relu', ['x'], ['r']),
      nodeOf('NonZero', ['r'], ['at']),
      nodeOf('Reshape', ['at', 'shape'], ['values']),
      nodeOf('Greater', ['values', 'none'], ['isPositive']),
    ];
    await expect(find(nodes, ['isPositive'])).rejects.toThrow(
      /does not run on these inputs\. .*Give calibration data that fits the model/s,
    );
  });
});

test('gates of the branch that is quantized are rewritten, and those of the other stay', async () => {
  const model = build(8000n);
  const branchesOf = ({ graph }: ModelProto) =>
    graph?.nodes.find(({ opType }) => opType === 'If')?.attributes.map((attribute) => attribute.graph?.nodes ?? []) ??
    [];
  const [then = [], otherwise = []] = branchesOf(model);
  for (const node of then) if (node.outputs[0] === 'd') node.opType = 'HardSwish';
  otherwise.splice(0, 0, nodeOf('HardSwish', ['a'], ['h']));
  for (const node of otherwise) if (node.outputs[0] === 'e') node.inputs = ['h', 'shared'];
  const { quantized } = await quantize(model);
  const gates = branchesOf(quantized).map((nodes) => nodes.some(({ opType }) => opType === 'HardSwish'));
  expect(gates).toEqual([false, true]);
  for (const rate of [16_000n, 4000n]) expect(await noiseOf(quantized, model, rate)).toBeLessThan(5e-3);
});
