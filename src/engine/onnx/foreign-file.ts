/** What a file that is no ONNX model probably is, by its ending, and the way from it to something that can be used. */
import { extname } from 'node:path';

const PYTORCH = 'A PyTorch file has to be exported first: torch.onnx.export(model, inputs, "model.onnx").';
const TENSORFLOW = 'A TensorFlow or Keras model has to be converted first: python -m tf2onnx.convert --help says how.';
const ARRAYS =
  'Arrays are inputs, not a model: name them where the inputs of a benchmark, or the data to compress or evaluate with, are chosen.';
const PICTURES = 'Pictures are data, not a model: a folder of them is tied to a model.';
const EXTERNAL = 'If it is the external data of a model, import the .onnx file beside it.';

const byEnding: Readonly<Record<string, string>> = {
  '.pt': PYTORCH,
  '.pth': PYTORCH,
  '.ckpt': PYTORCH,
  '.safetensors': 'It holds weights without a graph: export the model that they belong to, to .onnx.',
  '.gguf': 'GGUF is for llama.cpp: export the model that it was made from, to .onnx.',
  '.tflite': TENSORFLOW,
  '.h5': TENSORFLOW,
  '.keras': TENSORFLOW,
  '.ort': 'Of the ORT format, the .onnx file that it was made from is needed.',
  '.npy': ARRAYS,
  '.npz': ARRAYS,
  '.png': PICTURES,
  '.jpg': PICTURES,
  '.jpeg': PICTURES,
  '.data': EXTERNAL,
  '.bin': EXTERNAL,
  '.onnx_data': EXTERNAL,
};

/** @returns a sentence; null where the ending says nothing */
export function foreignFileText(path: string): string | null {
  return byEnding[extname(path).toLowerCase()] ?? null;
}
