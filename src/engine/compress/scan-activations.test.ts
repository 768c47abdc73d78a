/** What a run tells of tensors that float16 cannot hold, and what becomes of the model with and without it, in ONNX Runtime. */
import { describe, expect, test } from 'vitest';
import type { InputSource } from '#shared/engine-protocol.ts';
import {
  createAttribute,
  createNode,
  dimensionSchema,
  type GraphProto,
  graphSchema,
  type ModelProto,
  modelSchema,
  type NodeProto,
  opsetImportSchema,
  shapeSchema,
  tensorTypeSchema,
  typeSchema,
  valueInfoSchema,
} from '../onnx/ir.ts';
import { graphOf, modelOf, nodeOf, valueOf } from '../../../tests/fakes/small-model.ts';
import { decodeFloat16 } from '../onnx/half.ts';
import { createMessage } from '../onnx/message.ts';
import { tensorFrom } from '../onnx/tensor-contents.ts';
import { openCalibrationItems } from './calibration/open-calibration-items.ts';
import { feedBatches } from './calibration/feed-batches.ts';
import { observeWhole } from './calibration/observe-tensors.ts';
import { openSession } from './calibration/open-session.ts';
import { findUnfitTensors } from './find-unfit-tensors.ts';
import { convertGraph } from './half-precision.ts';
import { scanActivations } from './scan-activations.ts';

const inputs: InputSource = { kind: 'generated', seed: 3 };
const onProgress = () => {};

/** One input of 1 × 64, and one output; `x` is multiplied by these factors in turn, giving `t0`, `t1`, … */
function multiplied(factors: readonly number[], ...more: NodeProto[]): ModelProto {
  const value = (name: string, size?: number) => {
    const dimensions = [1, 64].map((length) => createMessage(dimensionSchema, { value: length }));
    const shape = size === undefined ? undefined : createMessage(shapeSchema, { dimensions });
    const tensor = createMessage(tensorTypeSchema, { elementType: 1, ...(shape ? { shape } : {}) });
    return createMessage(valueInfoSchema, { name, type: createMessage(typeSchema, { tensor }) });
  };
  const nodes = factors.map((_, index) =>
    createNode({
      opType: 'Mul',
      name: `times${index}`,
      inputs: [index === 0 ? 'x' : `t${index - 1}`, `f${index}`],
      outputs: [`t${index}`],
    }),
  );
  return createMessage(modelSchema, {
    irVersion: 8,
    opsetImports: [createMessage(opsetImportSchema, { domain: '', version: 17 })],
    graph: createMessage(graphSchema, {
      name: 'test',
      inputs: [value('x', 64)],
      outputs: [value(more.at(-1)?.outputs[0] ?? `t${factors.length - 1}`)],
      initializers: factors.map((factor, index) => tensorFrom(`f${index}`, 'float32', [1], Float32Array.of(factor))),
      nodes: [...nodes, ...more],
    }),
  });
}

/** A tensor on the first item, as numbers. */
async function firstOf(model: ModelProto, name: string): Promise<Float32Array> {
  const session = await openSession(observeWhole(model, [name]), 'node:cpu');
  try {
    for await (const { feeds } of feedBatches(session, await openCalibrationItems(inputs, model), 1)) {
      const values = (await session.run(feeds))[name]?.data;
      if (values instanceof Float32Array) return values;
      const { buffer, byteOffset, byteLength } = values as Uint16Array;
      return decodeFloat16(new Uint16Array(buffer, byteOffset, byteLength / 2));
    }
    throw new Error('There were no items.');
  } finally {
    await session.release();
  }
}

/** The largest difference, as a share of the largest value. */
function distance(values: Float32Array, exact: Float32Array): number {
  const largestOf = (list: Float32Array) => list.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largestOf(values.map((value, at) => value - (exact[at] as number))) / largestOf(exact);
}

const convert = (model: ModelProto, unfit: ReadonlySet<string>) =>
  convertGraph(model, model.graph as GraphProto, { keepInputsOutputs: true, isBlocked: () => false, unfit });

describe('a model whose activations are', () => {
  test.each([
    ['too large', [3000, 3000, 1 / 3000, 1 / 3000], ['t1'], 'activations-too-large'],
    ['too small', [1 / 3000, 1 / 3000, 1 / 3000, 3000, 3000, 3000], ['t1', 't2', 't3'], 'activations-too-small'],
  ])('%s keeps them float32, and computes what it did', async (_, factors, expected, kind) => {
    const { unfit, findings } = await scanActivations(multiplied(factors), { inputs, onProgress });
    expect([...unfit]).toEqual(expected);
    expect(findings).toContainEqual(
      expect.objectContaining({ kind, severity: 'warning', subjects: expect.arrayContaining(expected) }),
    );
    const [original, kept, all] = [multiplied(factors), multiplied(factors), multiplied(factors)];
    const { keptNodes, nodeCount } = convert(kept, unfit);
    expect(keptNodes).toHaveLength(expected.length + 1);
    expect(nodeCount).toBe(factors.length - expected.length - 1);
    convert(all, new Set());
    const output = `t${factors.length - 1}`;
    expect(distance(await firstOf(kept, output), await firstOf(original, output))).toBeLessThan(0.005);
    // Of the whole model a CPU would tell nothing: it casts to float32 and removes the casts between. What is asked for is rounded.
    for (const name of expected) {
      expect(distance(await firstOf(all, name), await firstOf(original, name))).toBeGreaterThan(0.02);
    }
  });

  test('in range stays as it is, and how far they reached is told', async () => {
    const { unfit, findings } = await scanActivations(multiplied([100, 0.5]), { inputs, onProgress });
    expect([...unfit]).toEqual([]);
    expect(findings.map(({ kind, severity }) => [kind, severity])).toEqual([['activations-scanned', 'info']]);
    expect(findings[0]?.message).toMatch(
      /^On 8 generated items the largest magnitude of 3 tensors was [\d.]+\. Real data/,
    );
  });

  test('infinite on one side, as masks are, is looked at on the other', async () => {
    const model = multiplied(
      [3000, 3000],
      createNode({ opType: 'Relu', inputs: ['t1'], outputs: ['r'] }),
      createNode({ opType: 'Log', inputs: ['r'], outputs: ['l'] }),
      createNode({ opType: 'Mul', inputs: ['l', 'f0'], outputs: ['y'] }),
    );
    const { unfit } = await scanActivations(model, { inputs, onProgress });
    expect([...unfit]).toEqual(['t1', 'r']);
  });
});

test('a model that does not run on these inputs is not scanned, and the step says so', async () => {
  const model = multiplied([1], createNode({ opType: 'Reshape', inputs: ['t0', 'five'], outputs: ['y'] }));
  model.graph?.initializers.push(tensorFrom('five', 'int64', [1], BigInt64Array.of(5n)));
  const { unfit, findings } = await scanActivations(model, { inputs, onProgress });
  expect(unfit.size).toBe(0);
  expect(findings).toEqual([
    expect.objectContaining({
      kind: 'activations-not-scanned',
      severity: 'warning',
      message: expect.stringMatching(/\.$/),
    }),
  ]);
});

describe('squares that are added up', () => {
  const node = (opType: string, stash?: bigint): NodeProto =>
    createNode({
      opType,
      inputs: ['x', 's'],
      outputs: ['y'],
      attributes: stash === undefined ? [] : [createAttribute('stash_type', stash)],
    });
  test.each([
    [node('ReduceL2'), 'y'],
    [node('LpNormalization'), 'x'],
    [node('InstanceNormalization'), 'x'],
    [node('LayerNormalization'), null],
    [node('RMSNormalization', 10n), 'x'],
    [node('Relu'), null],
  ])('are of values up to 256 in %o', (reducing, expected) => {
    const graph = createMessage(graphSchema, { nodes: [reducing] });
    const of = (highest: number) => ({ highest, faintest: highest });
    const found = findUnfitTensors(
      graph,
      new Map([
        ['x', of(255.97)],
        ['y', of(255.97)],
      ]),
    );
    expect(found.map(({ name, reason }) => [name, reason])).toEqual(
      expected === null ? [] : [[expected, 'squares-too-large']],
    );
    expect(
      findUnfitTensors(
        graph,
        new Map([
          ['x', of(255.9)],
          ['y', of(255.9)],
        ]),
      ),
    ).toEqual([]);
  });
});

test('branches that all items take are looked at, and no others', async () => {
  const weights = ['large', 'small'].map((name) =>
    tensorFrom(name, 'float32', [], Float32Array.of(name === 'large' ? 1e3 : 1e-6)),
  );
  const branch = (name: string) =>
    graphOf({
      nodes: [
        nodeOf('Mul', ['x', 'large'], [`${name}_first`]),
        nodeOf('Mul', [`${name}_first`, 'large'], [`${name}_wide`]),
        nodeOf('Mul', [`${name}_wide`, 'small'], [name]),
      ],
      outputs: [valueOf(name, 'float32', [1, 64])],
    });
  const model = modelOf(17, {
    inputs: { x: ['float32', [1, 64]], sr: ['int64', []] },
    outputs: ['y'],
    nodes: [
      // A rate is generated as 16000.
      nodeOf('Greater', ['sr', 'limit'], ['isFast']),
      nodeOf('If', ['isFast'], ['y'], { then_branch: branch('fast'), else_branch: branch('slow') }),
    ],
    weights: [...weights, tensorFrom('limit', 'int64', [], BigInt64Array.of(8000n))],
  });
  const [fast] = model.graph?.nodes[1]?.attributes.map(({ graph }) => graph as GraphProto) ?? [];
  const { unfit, branches } = await scanActivations(model, { inputs, onProgress });
  expect([...unfit]).toEqual(['fast_wide']);
  expect([...branches]).toEqual([fast]);
  const done = convertGraph(model, model.graph as GraphProto, {
    keepInputsOutputs: true,
    isBlocked: () => false,
    unfit,
    scanned: branches,
  });
  expect(done).toMatchObject({ keptNodes: ['Mul_fast_wide', 'Mul_fast'], innerNodeCount: 3 });
});
