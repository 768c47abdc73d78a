import { describe, expect, test } from 'vitest';
import { distanceInUlps } from '../../../../tests/fakes/output-distance.ts';
import { modelOf, nodeOf, randomWeight, runModel } from '../../../../tests/fakes/small-model.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import type { ModelProto, NodeProto } from '../../onnx/ir.ts';
import { floatsOf, tensorFrom } from '../../onnx/tensor-contents.ts';
import { quantizeDynamic } from '../passes/quantize-dynamic.ts';
import { quantizeStatic } from '../passes/quantize-static.ts';
import { foldGemmFactors } from './fold-gemm-factors.ts';

const build = (nodes: NodeProto[], outputs = ['y']): ModelProto =>
  modelOf(17, {
    inputs: { x: ['float32', [4, 16]], z: ['float32', [4, 24]] },
    outputs,
    nodes,
    weights: [
      randomWeight('w', [16, 24], 1),
      randomWeight('v', [24, 16], 2),
      randomWeight('b', [24], 3),
      tensorFrom('large', 'float32', [24], new Float32Array(24).fill(3e38)),
    ],
  });
const gemm = (inputs: string[], output: string, attributes: Parameters<typeof nodeOf>[3]): NodeProto =>
  nodeOf('Gemm', inputs, [output], attributes);
const factorsOf = ({ graph }: ModelProto) =>
  (graph?.nodes ?? []).map(({ attributes }) => attributes.map(({ name }) => name));
const namesOf = ({ graph }: ModelProto) => (graph?.initializers ?? []).map(({ name }) => name).toSorted();

describe('factors of a Gemm', () => {
  test.each<[string, NodeProto[]]>([
    ['of both', [gemm(['x', 'w', 'b'], 'y', { alpha: 0.3, beta: -1.7 })]],
    ['of a transposed weight', [gemm(['x', 'v', 'b'], 'y', { alpha: 0.3, transB: 1n })]],
    ['of the bias', [gemm(['x', 'w', 'b'], 'y', { beta: 2.5 })]],
    ['without a bias', [gemm(['x', 'w'], 'y', { alpha: 0.3, beta: 2 })]],
    ['of zero for the bias', [gemm(['x', 'w', 'b'], 'y', { beta: 0 })]],
  ])('%s go into its constants, and it gives the same within rounding', async (_, nodes) => {
    const model = build(nodes);
    const before = cloneModel(model);
    foldGemmFactors(model);
    expect(factorsOf(model).flat()).not.toContain('alpha');
    expect(factorsOf(model).flat()).not.toContain('beta');
    expect(distanceInUlps(await runModel(model), await runModel(before))).toBeLessThan(4);
  });

  test.each<[string, NodeProto[], string[]]>([
    ['of what is no constant', [gemm(['x', 'w', 'z'], 'y', { beta: 2 })], ['beta']],
    ['that would make values that are not finite', [gemm(['x', 'w', 'large'], 'y', { beta: 2 })], ['beta']],
    ['of a node that is excluded', [{ ...gemm(['x', 'w'], 'y', { alpha: 2 }), name: 'excluded' }], ['alpha']],
  ])('%s stay', (_, nodes, expected) => {
    const model = build(nodes);
    foldGemmFactors(model, ({ name }) => name === 'excluded');
    expect(factorsOf(model)).toEqual([expected]);
  });

  test('make one copy of a constant that others read, for each factor', () => {
    const model = build(
      [
        gemm(['x', 'w', 'b'], 'p', { alpha: 2 }),
        gemm(['x', 'w', 'p'], 'q', { alpha: 2 }),
        gemm(['x', 'w', 'q'], 'y', {}),
      ],
      ['y'],
    );
    const weight = floatsOf(model.graph?.initializers[0] as never).slice();
    foldGemmFactors(model);
    expect(namesOf(model)).toEqual(['b', 'w', 'w_scaled']);
    const [own, scaled] = ['w', 'w_scaled'].map((wanted) =>
      floatsOf(model.graph?.initializers.find(({ name }) => name === wanted) as never),
    );
    expect(own).toEqual(weight);
    expect(scaled).toEqual(weight.map((value) => 2 * value));
  });
});

test.each([quantizeStatic, quantizeDynamic])('a Gemm with factors is quantized by $name', async (pass) => {
  const model = build([gemm(['x', 'w', 'b'], 'y', { alpha: 0.3, beta: -1.7 })]);
  const exact = await runModel(model);
  const settings = pass.settings.parse(pass === quantizeDynamic ? { minimumElements: 1 } : {});
  const inputs = { kind: 'generated', seed: 1 } as const;
  const context = {
    parentPath: '',
    inputs,
    cpuExtensions: async () => [],
    onProgress: () => {},
  };
  const { findings } = await pass.apply(model, settings, context);
  expect(findings.find(({ kind }) => kind === 'quantized')?.message).toMatch(/^1 (matrix )?product/);
  const [own, wanted] = [await runModel(model), exact].map(
    ([output]) => new Float32Array(output?.bytes.slice().buffer ?? new ArrayBuffer(0)),
  ) as [Float32Array, Float32Array];
  const largest = Math.max(...wanted.map(Math.abs));
  expect(Math.max(...own.map((value, index) => Math.abs(value - (wanted[index] as number))))).toBeLessThan(
    0.03 * largest,
  );
});
