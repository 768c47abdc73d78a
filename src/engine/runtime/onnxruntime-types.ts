/** The types that onnxruntime-node and onnxruntime-web have in common: both hand on those of onnxruntime-common. */
import type * as OnnxRuntime from 'onnxruntime-web';

export type Session = OnnxRuntime.InferenceSession;
export type SessionOptions = OnnxRuntime.InferenceSession.SessionOptions;
export type Tensor = OnnxRuntime.Tensor;
export type TensorType = OnnxRuntime.Tensor.Type;
export type TensorData = OnnxRuntime.Tensor.DataType;
export type Ort = Pick<typeof OnnxRuntime, 'Tensor'>;
