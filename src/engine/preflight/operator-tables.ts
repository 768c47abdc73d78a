/**
 * Operators that providers support, for those that cannot be asked here because they do not run on this machine. Names only: whether
 * an operator's types and attributes are supported too, only the runtime knows.
 */
import type { ProviderId } from '#shared/provider.ts';

export type OperatorTable = { operators: ReadonlySet<string>; source: string };

const webgl =
  'Abs Acos Add And Asin Atan AveragePool BatchNormalization Cast Ceil Clip Concat Conv ConvTranspose ' +
  'Cos DepthToSpace Div Dropout Elu Equal Exp Flatten Floor Gather Gemm GlobalAveragePool GlobalMaxPool ' +
  'Greater Identity InstanceNormalization LRN LeakyRelu Less Log MatMul MaxPool Mul Neg Not Or PRelu ' +
  'Pad Pow ReduceLogSum ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu ' +
  'Reshape Resize Shape Sigmoid Sin Slice Softmax Split Sqrt Squeeze Sub Sum Tan Tanh Tile Transpose ' +
  'Unsqueeze Upsample Xor';

const webnn =
  'Abs Add And ArgMax ArgMin AveragePool BatchNormalization Cast Ceil Clip Concat Conv ConvInteger ' +
  'ConvTranspose Cos CumSum DepthToSpace DequantizeLinear Div Dropout DynamicQuantizeLinear Einsum Elu ' +
  'Equal Erf Exp Expand Flatten Floor GRU Gather GatherBlockQuantized GatherElements GatherND Gelu Gemm ' +
  'GlobalAveragePool GlobalLpPool GlobalMaxPool Greater GreaterOrEqual GroupQueryAttention HardSigmoid ' +
  'HardSwish Identity InstanceNormalization IsInf IsNaN LRN LSTM LayerNormalization LeakyRelu Less ' +
  'LessOrEqual Log LpNormalization LpPool MatMul MatMulInteger MatMulNBits Max MaxPool Min Mul ' +
  'MultiHeadAttention Neg Not Or PRelu Pad Pow QuantizeLinear Reciprocal ReduceL1 ReduceL2 ReduceLogSum ' +
  'ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape ' +
  'Resize RotaryEmbedding Round ScatterElements ScatterND Shape Sigmoid Sign ' +
  'SimplifiedLayerNormalization Sin SkipLayerNormalization SkipSimplifiedLayerNormalization Slice ' +
  'Softmax Softplus Softsign Split Sqrt Squeeze Sub Tan Tanh Tile Transpose Trilu Unsqueeze Where Xor';

const webgpu =
  'Abs Acos Acosh Add ArgMax ArgMin Asin Asinh Atan Atanh Attention AveragePool BatchNormalization ' +
  'BiasAdd BiasSplitGelu Cast Ceil Clip Concat Conv ConvTranspose Cos Cosh CumSum DFT DepthToSpace ' +
  'DequantizeLinear Div Einsum Elu Equal Erf Exp Expand FastGelu Flatten Floor FusedConv Gather ' +
  'GatherBlockQuantized GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalMaxPool Greater ' +
  'GreaterOrEqual GridSample GroupQueryAttention HardSigmoid HardSwish If InstanceNormalization ' +
  'LayerNormalization LeakyRelu Less LessOrEqual Log MatMul MatMulNBits MaxPool MemcpyFromHost ' +
  'MemcpyToHost Mul MultiHeadAttention Neg Not Pad Pow QuickGelu Range Reciprocal ReduceL1 ReduceL2 ' +
  'ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare ' +
  'Relu Reshape Resize RotaryEmbedding ScatterND Shape Sigmoid SimplifiedLayerNormalization Sin Sinh ' +
  'SkipLayerNormalization SkipSimplifiedLayerNormalization Slice Softmax Split Sqrt Squeeze Sub Tan ' +
  'Tanh ThresholdedRelu Tile Transpose Unsqueeze Where';

const coreml =
  'Add ArgMax AveragePool Cast Ceil Clip Concat Conv ConvTranspose Cos DepthToSpace Div Elu Erf Exp ' +
  'GatherND Gelu Gemm GlobalAveragePool GlobalMaxPool GridSample GroupNormalization HardSigmoid ' +
  'Identity InstanceNormalization LayerNormalization LeakyRelu MatMul Max MaxPool Mul PRelu Pow ' +
  'QuickGelu Range Reciprocal ReduceMax ReduceMean ReduceSum Relu Reshape Resize Round Shape Sigmoid ' +
  'Sin Slice Softmax Softplus Split Sqrt Squeeze Sub Tanh Tile Transpose Unsqueeze';

const tableOf = (names: string, source: string): OperatorTable => ({ operators: new Set(names.split(' ')), source });

const webnnTable = tableOf(webnn, 'the list of onnxruntime-web 1.30 for WebNN');
const webgpuTable = tableOf(webgpu, 'the list of onnxruntime-web 1.30 for WebGPU');

/** CUDA, TensorRT and DirectML support most of ONNX, and nothing that lists it comes with ONNX Runtime. */
export const operatorTables: Partial<Record<ProviderId, OperatorTable>> = {
  'node:webgpu': webgpuTable,
  'node:coreml': tableOf(coreml, 'ONNX Runtime’s list of operators for Core ML’s ML programs'),
  'web:webgpu': webgpuTable,
  'web:webgl': tableOf(webgl, 'the list of onnxruntime-web 1.30 for WebGL'),
  'web:webnn-cpu': webnnTable,
  'web:webnn-gpu': webnnTable,
  'web:webnn-npu': webnnTable,
};
