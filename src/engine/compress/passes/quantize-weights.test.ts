import { expect, test } from 'vitest';
import { modelOf, nodeOf, randomWeight, runModel } from '../../../../tests/fakes/small-model.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import { measureDistance } from '../../quality/fidelity-meter.ts';
import { quantizeWeights } from './quantize-weights.ts';

test('weights of inputs whose squares are beyond float32 go to the nearest integers, which is said', async () => {
  const model = modelOf(17, {
    inputs: { x: ['float32', [16, 64]] },
    outputs: ['y'],
    nodes: [nodeOf('Mul', ['x', 'large'], ['h']), nodeOf('MatMul', ['h', 'w'], ['y'])],
    weights: [tensorFrom('large', 'float32', [], Float32Array.of(1e20)), randomWeight('w', [64, 32], 1)],
  });
  const before = cloneModel(model);
  const { summary, findings } = await quantizeWeights.apply(model, quantizeWeights.settings.parse({}), {
    parentPath: '',
    inputs: { kind: 'generated', seed: 1 },
    cpuExtensions: async () => [],
    onProgress: () => {},
  });
  expect(summary).toMatch(/rounded to the nearest integers\.$/);
  expect(findings).toContainEqual({
    severity: 'info',
    kind: 'rounded-without-data',
    message:
      '1 weight went to the nearest integers, because squares of the inputs on calibration data are beyond float32.',
    subjects: ['MatMul_y'],
  });
  const [exact, rounded] = (await Promise.all([runModel(before), runModel(model)])).map((outputs) =>
    [...new Float32Array(outputs[0]!.bytes.slice().buffer)].map((value) => value / 1e20),
  ) as [number[], number[]];
  const { noise, signal } = measureDistance(exact, rounded);
  expect(noise / signal).toBeLessThan(1e-4);
});
