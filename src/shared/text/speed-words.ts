/** Why compressed models can be slow, and what to do: the same words after compressing as in the explanation of a measurement. */

export const integerConvolutionWords = {
  cause: 'ONNX Runtime’s CPU kernel for convolutions with dynamic quantization is slower than the float32 one',
  remedy: 'Quantize convolutions statically, with calibration data, or leave them in float32.',
} as const;

export const conversionWords = {
  remedy: 'Quantize the operators between two quantized ones too, or leave out those that stand alone.',
} as const;

export const castWords = {
  cause: 'the provider has no kernels for this data type, so values are converted to another one and back',
  remedy: 'Use float16 on a provider that computes in it, such as a GPU; on a CPU keep float32 or use int8.',
} as const;

/** Operators of ONNX Runtime that convert between float32 and integers and do nothing else. */
export const CONVERSION_OPERATOR = /^(Dynamic)?(Quantize|Dequantize)Linear$/;
/** Operators of ONNX Runtime that compute in 8-bit integers. */
export const INTEGER_OPERATOR = /^(QLinear|QGemm|QAttention|DynamicQuantize(MatMul|LSTM)|\w+Integer)/;
/** Operators of ONNX Runtime that multiply with weights, each of which they read once or more. */
export const PRODUCT_OPERATOR = /MatMul|Gemm|Conv/;
