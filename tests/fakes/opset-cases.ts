/** Nodes of old opsets, for tests of what becomes of them in newer ones. */
import type { ElementType } from '../../src/engine/onnx/element-types.ts';
import type { NodeProto, TensorProto } from '../../src/engine/onnx/ir.ts';
import { operatorVersions } from '../../src/engine/onnx/raise-opset/operator-versions.ts';
import { tensorFrom } from '../../src/engine/onnx/tensor-contents.ts';
import { nodeOf } from './small-model.ts';

export const floats = (name: string, dims: number[], ...values: number[]): TensorProto =>
  tensorFrom(name, 'float32', dims, Float32Array.from(values));
const longs = (name: string, dims: number[], ...values: number[]): TensorProto =>
  tensorFrom(name, 'int64', dims, BigInt64Array.from(values, BigInt));
const many = (name: string, ...dims: number[]): TensorProto =>
  floats(
    name,
    dims,
    ...Array.from({ length: dims.reduce((product, size) => product * size, 1) }, (_, index) => Math.sin(index + 1)),
  );
export const text = (value: string): string => value;

/** One node and what it takes; its first input is `x`. */
export type OpsetCase = {
  opset: number;
  node: NodeProto;
  inputs?: Record<string, readonly [ElementType, readonly (number | string)[]]>;
  weights?: TensorProto[];
};
export const image = { x: ['float32', [1, 2, 5, 7]] } as const;
export const on = (
  opset: number,
  opType: string,
  attributes: Parameters<typeof nodeOf>[3] = {},
  more: Partial<OpsetCase> & { also?: string[]; outputs?: string[] } = {},
): OpsetCase => ({
  opset,
  node: nodeOf(opType, ['x', ...(more.also ?? [])], more.outputs ?? ['y'], attributes),
  inputs: more.inputs ?? image,
  weights: more.weights ?? [],
});
const open = { inputs: { x: ['float32', ['a', 'b', 'c', 'd']] } } as const;
const matrix = { inputs: { x: ['float32', [3, 4]] } } as const;

/** Of every operator whose meaning changes, in all the forms that its rule tells apart. */
export const opsetCases: Record<string, OpsetCase> = {
  'Softmax over all but the first dimension': on(7, 'Softmax'),
  'Softmax over the last dimensions': on(11, 'Softmax', { axis: 2n }),
  'Softmax over the last one': on(11, 'Softmax', { axis: 3n }),
  'Softmax of a matrix': on(9, 'Softmax', {}, matrix),
  'Softmax of a shape that is not known': on(12, 'Softmax', { axis: -2n }, open),
  LogSoftmax: on(11, 'LogSoftmax', { axis: 1n }),
  Hardmax: on(11, 'Hardmax', { axis: 2n }),
  Squeeze: on(9, 'Squeeze', { axes: [0n] }),
  'Squeeze of all': on(12, 'Squeeze', {}),
  Unsqueeze: on(11, 'Unsqueeze', { axes: [0n, -1n] }),
  'Split into given sizes': on(9, 'Split', { axis: 3n, split: [3n, 4n] }, { outputs: ['y', 'z'] }),
  'Split into halves': on(11, 'Split', { axis: 1n }, { outputs: ['y', 'z'] }),
  'Split of opset 13': on(13, 'Split', { axis: -3n }, { outputs: ['y', 'z'] }),
  Slice: on(9, 'Slice', { starts: [1n, -3n], ends: [4n, 1000n], axes: [2n, 3n] }),
  'Slice without axes': on(7, 'Slice', { starts: [0n, 1n], ends: [1n, 2n] }),
  TopK: on(9, 'TopK', { k: 3n, axis: -1n }, { outputs: ['y', 'z'] }),
  Clip: on(7, 'Clip', { min: -0.5, max: 0.25 }),
  'Clip to one side': on(10, 'Clip', { min: 0 }),
  'Clip to no side': on(10, 'Clip'),
  'Pad with a value': on(9, 'Pad', { pads: [0n, 0n, 1n, 2n, 0n, 0n, 0n, 3n], value: 1.5 }),
  'Pad with zeros': on(10, 'Pad', { pads: [0n, 0n, 1n, -1n, 0n, 0n, 0n, 0n] }),
  'Pad by reflection': on(10, 'Pad', { mode: text('reflect'), pads: [0n, 0n, 1n, 2n, 0n, 0n, 0n, 3n] }),
  'Pad of opset 11': on(11, 'Pad', {}, { also: ['p'], weights: [longs('p', [8], 0, 0, 1, 1, 0, 0, 1, 1)] }),
  'Upsample with nearest': on(7, 'Upsample', { mode: text('nearest'), scales: [1, 1, 2, 3] }),
  'Upsample by fractions': on(7, 'Upsample', { mode: text('nearest'), scales: [1, 1, 1.5, 2.25] }),
  'Upsample with linear': on(
    9,
    'Upsample',
    { mode: text('linear') },
    { also: ['s'], weights: [floats('s', [4], 1, 1, 2, 3)] },
  ),
  'Resize of opset 10 to less': on(
    10,
    'Resize',
    { mode: text('nearest') },
    { also: ['s'], weights: [floats('s', [4], 1, 1, 0.6, 0.45)] },
  ),
  'Resize of opset 10 to more': on(10, 'Resize', {}, { also: ['s'], weights: [floats('s', [4], 1, 1, 1.7, 2)] }),
  'Resize of opset 10 with linear': on(
    10,
    'Resize',
    { mode: text('linear') },
    { also: ['s'], weights: [floats('s', [4], 1, 1, 0.6, 1.9)] },
  ),
  'Resize of opset 11': on(
    11,
    'Resize',
    { mode: text('cubic') },
    { also: ['r', 's'], weights: [floats('r', [0]), floats('s', [4], 1, 1, 2, 1.5)] },
  ),
  'Resize of opset 11 to sizes': on(
    11,
    'Resize',
    { mode: text('linear'), coordinate_transformation_mode: text('align_corners') },
    { also: ['r', 's', 'n'], weights: [floats('r', [0]), floats('s', [0]), longs('n', [4], 1, 2, 9, 10)] },
  ),
  'Resize of opset 13': on(
    13,
    'Resize',
    {
      mode: text('nearest'),
      nearest_mode: text('round_prefer_ceil'),
      coordinate_transformation_mode: text('pytorch_half_pixel'),
    },
    { also: ['', 's'], weights: [floats('s', [4], 1, 1, 2, 0.5)] },
  ),
  BatchNormalization: on(
    7,
    'BatchNormalization',
    { spatial: 1n, epsilon: 0.001, momentum: 0.9 },
    { also: ['g', 'b', 'm', 'v'], weights: [many('g', 2), many('b', 2), many('m', 2), floats('v', [2], 0.5, 2)] },
  ),
  'BatchNormalization of opset 9 with outputs that nobody reads': on(
    9,
    'BatchNormalization',
    {},
    { also: ['g', 'b', 'm', 'v'], weights: [many('g', 2), many('b', 2), many('m', 2), floats('v', [2], 0.5, 2)] },
  ),
  GroupNormalization: on(
    18,
    'GroupNormalization',
    { num_groups: 2n, epsilon: 0.01 },
    { also: ['g', 'b'], inputs: { x: ['float32', [2, 6, 3]] }, weights: [many('g', 2), many('b', 2)] },
  ),
  Dropout: on(7, 'Dropout', { ratio: 0.5 }),
  'Dropout of opset 10': on(10, 'Dropout', { ratio: 0.25 }),
  Scatter: on(
    9,
    'Scatter',
    { axis: 1n },
    { ...matrix, also: ['i', 'u'], weights: [longs('i', [1, 2], 3, 0), floats('u', [1, 2], 7, 8)] },
  ),
  GridSample: on(16, 'GridSample', { mode: text('bicubic') }, { also: ['g'], weights: [many('g', 1, 3, 4, 2)] }),
  'GridSample by default': on(16, 'GridSample', {}, { also: ['g'], weights: [many('g', 1, 3, 4, 2)] }),
  RoiAlign: on(
    10,
    'RoiAlign',
    { output_height: 2n, output_width: 2n, sampling_ratio: 2n },
    { also: ['r', 'i'], weights: [floats('r', [1, 4], 0, 0, 3, 4), longs('i', [1], 0)] },
  ),
  DFT: on(17, 'DFT', {}, { inputs: { x: ['float32', [1, 6, 1]] } }),
  AveragePool: on(7, 'AveragePool', { kernel_shape: [3n, 3n], pads: [1n, 1n, 1n, 1n], strides: [2n, 2n] }),
  'AveragePool that counts padding': on(10, 'AveragePool', {
    kernel_shape: [3n, 2n],
    pads: [1n, 1n, 1n, 1n],
    count_include_pad: 1n,
  }),
  'AveragePool to the ceiling': on(10, 'AveragePool', { kernel_shape: [2n, 2n], strides: [2n, 2n], ceil_mode: 1n }),
  'AveragePool to the size of the input': on(7, 'AveragePool', {
    kernel_shape: [2n, 3n],
    auto_pad: text('SAME_UPPER'),
  }),
  MaxPool: on(7, 'MaxPool', { kernel_shape: [3n, 2n], strides: [2n, 2n] }),
  'MaxPool to the ceiling': on(
    10,
    'MaxPool',
    { kernel_shape: [2n, 3n], strides: [2n, 2n], ceil_mode: 1n, pads: [1n, 1n, 1n, 1n] },
    { outputs: ['y', 'z'] },
  ),
  LpPool: on(7, 'LpPool', { kernel_shape: [2n, 2n] }),
  Conv: on(
    7,
    'Conv',
    { kernel_shape: [3n, 3n], auto_pad: text('SAME_LOWER'), strides: [2n, 2n] },
    { also: ['w'], weights: [many('w', 3, 2, 3, 3)] },
  ),
  ConvTranspose: on(
    7,
    'ConvTranspose',
    { strides: [2n, 2n], output_padding: [1n, 1n] },
    { also: ['w'], weights: [many('w', 2, 3, 3, 3)] },
  ),
  'OneHot of an index below zero': {
    opset: 9,
    node: nodeOf('OneHot', ['i', 'd', 'v'], ['y']),
    inputs: {},
    weights: [longs('i', [3], 0, -1, 2), longs('d', [1], 3), floats('v', [2], 0, 1)],
  },
  LSTM: on(
    7,
    'LSTM',
    { hidden_size: 3n },
    {
      inputs: { x: ['float32', [4, 1, 2]] },
      also: ['w', 'r'],
      outputs: ['y', 'h', 'c'],
      weights: [many('w', 1, 12, 2), many('r', 1, 12, 3)],
    },
  ),
  GRU: on(
    7,
    'GRU',
    { hidden_size: 3n, linear_before_reset: 1n, direction: text('reverse') },
    { inputs: { x: ['float32', [4, 1, 2]] }, also: ['w', 'r'], weights: [many('w', 1, 9, 2), many('r', 1, 9, 3)] },
  ),
  RNN: on(
    7,
    'RNN',
    { hidden_size: 3n },
    { inputs: { x: ['float32', [4, 1, 2]] }, also: ['w', 'r'], weights: [many('w', 1, 3, 2), many('r', 1, 3, 3)] },
  ),
  Gemm: on(
    7,
    'Gemm',
    { transB: 1n, alpha: 0.5 },
    { ...matrix, also: ['w', 'c'], weights: [many('w', 5, 4), many('c', 5)] },
  ),
  MatMul: on(7, 'MatMul', {}, { ...matrix, also: ['w'], weights: [many('w', 4, 5)] }),
  QuantizeLinear: on(
    10,
    'QuantizeLinear',
    {},
    { also: ['s', 'z'], weights: [floats('s', [], 0.05), tensorFrom('z', 'uint8', [], Uint8Array.of(128))] },
  ),
  ArgMax: on(7, 'ArgMax', { axis: 2n, keepdims: 0n }),
  CumSum: on(11, 'CumSum', { reverse: 1n }, { also: ['a'], weights: [longs('a', [], 2)] }),
  DepthToSpace: on(7, 'DepthToSpace', { blocksize: 2n }, { inputs: { x: ['float32', [1, 8, 2, 3]] } }),
  Gather: on(7, 'Gather', { axis: 2n }, { also: ['i'], weights: [longs('i', [2], 3, 0)] }),
  Flatten: on(7, 'Flatten', { axis: 2n }),
  'Reshape that copies a size': on(7, 'Reshape', {}, { also: ['s'], weights: [longs('s', [3], 0, -1, 7)] }),
  Expand: on(8, 'Expand', {}, { also: ['s'], weights: [longs('s', [5], 2, 1, 2, 5, 7)] }),
  InstanceNormalization: on(
    7,
    'InstanceNormalization',
    {},
    { also: ['g', 'b'], weights: [many('g', 2), many('b', 2)] },
  ),
  LRN: on(7, 'LRN', { size: 3n }),
  'Cast to integers': on(7, 'Cast', { to: 6n }),
  'Mod of floats': on(10, 'Mod', { fmod: 1n }, { also: ['d'], weights: [floats('d', [], 0.75)] }),
  ...Object.fromEntries(
    'ReduceL1 ReduceL2 ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare'
      .split(' ')
      .flatMap((opType) => [
        [`${opType} over some`, on(7, opType, { axes: [1n, 3n], keepdims: 0n })],
        [`${opType} over all`, on(11, opType)],
      ]),
  ),
  ReduceLogSum: on(7, 'ReduceLogSum', { axes: [3n] }),
  ...Object.fromEntries(
    'Abs Ceil Elu Exp Floor HardSigmoid Identity LeakyRelu Neg Relu Reciprocal Selu Shape Sigmoid Softplus Softsign Tanh Atan Cos Sin Size Transpose GlobalAveragePool GlobalMaxPool'
      .split(' ')
      .map((opType) => [opType, on(7, opType)]),
  ),
  ...Object.fromEntries('Erf Sign Sinh IsNaN NonZero Shrink'.split(' ').map((opType) => [opType, on(9, opType)])),
  ...Object.fromEntries(
    'Round ThresholdedRelu Celu Mish HardSwish Gelu'
      .split(' ')
      .map((opType) => [opType, on(Number(operatorVersions[opType]?.split(' ')[0]), opType)]),
  ),
  ...Object.fromEntries(
    'Add Sub Mul Div Pow PRelu Max Min Sum Mean Equal Greater Less'
      .split(' ')
      .map((opType) => [
        `${opType} with broadcasting`,
        on(opType === 'Equal' ? 11 : 8, opType, {}, { also: ['b'], weights: [floats('b', [2, 1, 1], 0.5, 2)] }),
      ]),
  ),
};
