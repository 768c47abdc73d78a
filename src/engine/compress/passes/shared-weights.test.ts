/** A weight that several products use is stored once, and each of them computes with it. */
import { describe, expect, test } from 'vitest';
import { graphOf, modelOf, nodeOf, randomWeight, runModel, valueOf } from '../../../../tests/fakes/small-model.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import { elementCount } from '../../onnx/element-count.ts';
import type { ModelProto } from '../../onnx/ir.ts';
import { walkTensors } from '../../onnx/walk-model.ts';
import { measureDistance } from '../../quality/fidelity-meter.ts';
import { requirePass } from '../validate-recipe.ts';

const context = {
  parentPath: '',
  inputs: { kind: 'generated', seed: 1 },
  cpuExtensions: async () => [],
  onProgress: () => {},
} as const;

async function apply(pass: string, model: ModelProto, settings: Record<string, unknown> = {}) {
  const { settings: schema, apply: run } = requirePass(pass);
  return run(model, schema.parse(settings), context);
}

const convolutions = (): ModelProto =>
  modelOf(14, {
    inputs: { x: ['float32', [1, 16, 8, 8]] },
    outputs: ['y'],
    nodes: [
      nodeOf('Conv', ['x', 'w'], ['a'], { pads: [1n, 1n, 1n, 1n] }),
      nodeOf('Relu', ['a'], ['b']),
      nodeOf('Conv', ['b', 'w'], ['c'], { pads: [1n, 1n, 1n, 1n] }),
      nodeOf('Relu', ['c'], ['d']),
      nodeOf('Conv', ['d', 'w'], ['y']),
    ],
    weights: [randomWeight('w', [16, 16, 3, 3], 1)],
  });

/** The second and third in branches, the third turned. */
const products = (): ModelProto => {
  const shape = [2, 32] as const;
  const branch = (node: ReturnType<typeof nodeOf>) =>
    graphOf({ nodes: [node], outputs: [valueOf(node.outputs[0] as string, 'float32', [...shape])] });
  return modelOf(14, {
    inputs: { x: ['float32', shape], flag: ['bool', []] },
    outputs: ['y'],
    nodes: [
      nodeOf('MatMul', ['x', 'w'], ['a']),
      nodeOf('Relu', ['a'], ['b']),
      nodeOf('If', ['flag'], ['y'], {
        then_branch: branch(nodeOf('MatMul', ['b', 'w'], ['t'])),
        else_branch: branch(nodeOf('MatMul', ['b', 'w'], ['e'])),
      }),
    ],
    weights: [randomWeight('w', [32, 32], 1)],
  });
};

describe.each([
  ['quantize-static', convolutions, {}],
  ['quantize-static', convolutions, { perChannel: false, equalization: 0 }],
  ['quantize-dynamic', convolutions, { operators: ['Conv'] }],
  ['quantize-dynamic', products, {}],
  ['quantize-weights', products, { method: 'nearest', bits: 8, minimumElements: 0 }],
] as const)('%s, %#', (pass, build, settings) => {
  test('stores it once', async () => {
    const model = build();
    await apply(pass, model, settings);
    const size = elementCount(build().graph?.initializers[0] as never);
    expect([...walkTensors(model)].filter((tensor) => elementCount(tensor) === size)).toHaveLength(1);
    const parent = cloneModel(build());
    const [exact, rounded] = [await runModel(parent), await runModel(model)].map(
      ([output]) => new Float32Array(output?.bytes.slice().buffer ?? new ArrayBuffer(0)),
    );
    expect(measureDistance(exact as never, rounded as never).cosine).toBeGreaterThan(0.999);
  });
});

describe('what quantize-weights says', () => {
  test('counts a weight once, tells how it was rounded, and warns of generated inputs', async () => {
    const given = products();
    given.graph?.nodes.splice(2, 0, nodeOf('MatMul', ['b', 'v'], ['z']));
    given.graph?.initializers.push(randomWeight('v', [32, 32], 2));
    given.graph?.outputs.push(valueOf('z'));
    const settings = { minimumElements: 0 };
    const { summary, findings } = await apply('quantize-weights', given, settings);
    // That of the branches cannot be looked at.
    expect(summary).toBe(
      '2 weights in 4 bits, blocks of 32; 1 rounded on generated inputs, 1 to the nearest integers.',
    );
    expect(findings.map(({ kind }) => kind)).toContain('generated-calibration');
    const reasons = findings.filter(({ kind }) => kind === 'rounded-without-data').map(({ message }) => message);
    expect(reasons).toEqual([
      expect.stringMatching(/^1 weight went .* a product inside of a subgraph has the same weight/),
      expect.stringMatching(/^2 weights went .* because data inside of subgraphs cannot be looked at/),
    ]);
    const nearest = await apply('quantize-weights', products(), { ...settings, method: 'nearest' });
    expect(nearest.summary).toBe('1 weight in 4 bits, blocks of 32.');
    expect(nearest.findings.map(({ kind }) => kind)).not.toContain('generated-calibration');
  });
});
