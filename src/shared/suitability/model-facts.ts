/** What of a model decides which recipe suits it. */
import type { SuitabilityFacts } from './suitability.ts';

type Model = NonNullable<SuitabilityFacts['model']>;

const CONVOLUTIONS = ['Conv', 'ConvTranspose'];
const MATRIX_PRODUCTS = ['MatMul', 'Gemm'];
const RECURRENT_LAYERS = ['LSTM', 'GRU', 'RNN'];
const ATTENTIONS = ['com.microsoft::Attention'];
const TABLE_READERS = ['Gather'];
const QUANTIZED = /QuantizeLinear$|QLinear|MatMulNBits$|MatMulInteger|ConvInteger$/;

export type ModelFacts = {
  convolutions: number;
  matrixProducts: number;
  recurrentLayers: number;
  /** Those of them that have a kernel in integers. */
  lstms: number;
  /** Those of com.microsoft, which multiply by weights themselves. */
  attentions: number;
  /** They may read an embedding table, or something small such as a shape. */
  gathers: number;
  isQuantized: boolean;
  /** Of all weight bytes, those in float32 or float64, 0..1. */
  floatShare: number;
  opset: number | null;
  /** Whether depthwise convolutions make up so much of the work that integers may be slower than float32. */
  isMostlyDepthwise: boolean;
};

/**
 * On a CPU with AVX-512 VNNI, one thread, int8 was 0.69 to 0.86 times as fast as float32 at 32, 0.96 to 1.18 at 64 and 1.35 to 1.77 at 128, for kernels of 3 × 3 to 7 × 7
 * (`bench/depthwise-share.ts`): ONNX Runtime's depthwise kernels in float32 are quick, those in integers are not, so that other work has to make up for them.
 */
const LEAST_MACS_PER_DEPTHWISE_OUTPUT = 64;

export function factsOfModel({ operators, opsets, bytesByDtype, macsPerDepthwiseOutput }: Model): ModelFacts {
  const count = (names: readonly string[]): number => names.reduce((sum, name) => sum + (operators[name] ?? 0), 0);
  const totalBytes = Object.values(bytesByDtype).reduce((sum, bytes) => sum + bytes, 0);
  const floatBytes = (bytesByDtype['float32'] ?? 0) + (bytesByDtype['float64'] ?? 0);
  return {
    convolutions: count(CONVOLUTIONS),
    matrixProducts: count(MATRIX_PRODUCTS),
    recurrentLayers: count(RECURRENT_LAYERS),
    lstms: count(['LSTM']),
    attentions: count(ATTENTIONS),
    gathers: count(TABLE_READERS),
    isQuantized: Object.keys(operators).some((name) => QUANTIZED.test(name)),
    floatShare: totalBytes === 0 ? 0 : floatBytes / totalBytes,
    opset: opsets['ai.onnx'] ?? null,
    isMostlyDepthwise: (macsPerDepthwiseOutput ?? Infinity) < LEAST_MACS_PER_DEPTHWISE_OUTPUT,
  };
}
