/** A real model with weights in a file of their own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GraphProto } from '../../src/engine/onnx/ir.ts';
import { stringEntrySchema } from '../../src/engine/onnx/ir.ts';
import { loadModel } from '../../src/engine/onnx/load-model.ts';
import { createMessage } from '../../src/engine/onnx/message.ts';
import { rawBytesOf } from '../../src/engine/onnx/tensor-contents.ts';
import { writeModel } from '../../src/engine/onnx/write-model.ts';
import { samplePath } from './real-engine.ts';

/** `fashion-resnet` with its first convolution's weights in `weights.bin`. @returns the model's path */
export async function writeModelWithExternalWeight(folder: string): Promise<string> {
  const { model } = await loadModel(samplePath('fashion-resnet'));
  const tensor = (model.graph as GraphProto).initializers.find(({ dims }) => dims.length === 4);
  if (tensor === undefined) throw new Error('The sample has convolutions.');
  const values = rawBytesOf(tensor);
  writeFileSync(join(folder, 'weights.bin'), values);
  tensor.rawData = undefined;
  tensor.dataLocation = 1;
  tensor.externalData = Object.entries({ location: 'weights.bin', offset: '0', length: String(values.length) }).map(
    ([key, value]) => createMessage(stringEntrySchema, { key, value }),
  );
  const path = join(folder, 'external.onnx');
  await writeModel(model, path);
  return path;
}
