/** What random models are made of. */
import { type Layer, type Value, product, pick, same, unary } from './layer-parts.ts';
import {
  imageOfSequence,
  matrixProduct,
  gemm,
  layerNormalization,
  attention,
  recurrent,
  lastStep,
} from './sequence-layers.ts';

const convolution: Layer = (at, { name, dims }, { a, b }) => {
  const [channels = 1, height = 1, width = 1] = dims;
  const kernel = pick([1, 3, 3, 5], a);
  const stride = pick([1, 1, 2], b);
  const isPadded = a % 5 !== 0;
  const group = b % 4 === 0 ? channels : b % 7 === 0 && channels % 2 === 0 ? 2 : 1;
  const made = group > 1 ? channels * pick([1, 1, 2], a) : pick([8, 16, 24, 32], a + b);
  const sizeOf = (size: number): number =>
    Math.floor((size + (isPadded ? 2 * Math.floor(kernel / 2) : 0) - kernel) / stride) + 1;
  if (sizeOf(height) < 1 || sizeOf(width) < 1) return null;
  const pad = BigInt(isPadded ? Math.floor(kernel / 2) : 0);
  const inputs = [name, at.weight([made, channels / group, kernel, kernel])];
  if (a % 3 !== 0) inputs.push(at.weight([made], 0.3));
  return at.add('Conv', inputs, [made, sizeOf(height), sizeOf(width)], {
    kernel_shape: [BigInt(kernel), BigInt(kernel)],
    strides: [BigInt(stride), BigInt(stride)],
    group: BigInt(group),
    ...(b % 5 === 0 && isPadded && stride === 1 ? { auto_pad: 'SAME_UPPER' } : { pads: [pad, pad, pad, pad] }),
  });
};

const transposedConvolution: Layer = (at, { name, dims }, { a }) => {
  const [channels = 1, height = 1, width = 1] = dims;
  if (height > 16) return null;
  const made = pick([4, 8, 16], a);
  const inputs = [name, at.weight([channels, made, 2, 2]), ...(a % 2 ? [at.weight([made], 0.3)] : [])];
  return at.add('ConvTranspose', inputs, [made, 2 * height, 2 * width], {
    kernel_shape: [2n, 2n],
    strides: [2n, 2n],
  });
};

const normalization: Layer = (at, { name, dims }) => {
  const channels = [dims[0] as number];
  return at.add(
    'BatchNormalization',
    [name, at.positive(channels), at.weight(channels), at.weight(channels), at.positive(channels)],
    dims,
  );
};

const instanceNormalization: Layer = (at, { name, dims }) =>
  product(dims.slice(1)) < 2
    ? null
    : at.add('InstanceNormalization', [name, at.positive([dims[0] as number]), at.weight([dims[0] as number])], dims);

/** Of two values, or of one and itself. */
const pair =
  (opType: string): Layer =>
  (at, value, { other }) => {
    const alike = at.values.filter(({ dims }) => same(dims, value.dims));
    return at.add(opType, [value.name, pick(alike, other).name], value.dims);
  };

const withConstant =
  (opType: string): Layer =>
  (at, { name, dims }, { a, b }) => {
    const channels = dims.length === 3 ? [dims[0] as number, 1, 1] : [dims.at(-1) as number];
    const constant =
      a % 3 === 0
        ? at.constant([pick([0.5, -1.5, 3, 1 / 6], b)])
        : opType === 'Div'
          ? at.positive(channels)
          : at.weight(channels);
    return at.add(opType, a % 2 && opType !== 'Div' ? [constant, name] : [name, constant], dims);
  };

const clip: Layer = (at, { name, dims }, { a, b }) => {
  const [low, high] = pick(
    [
      [0, 6],
      [-1, 1],
      [0, 1],
      [0.1, 2],
      [-3, 0],
    ] as const,
    a,
  );
  return at.add('Clip', [name, at.constant([low], []), ...(b % 4 ? [at.constant([high], [])] : [])], dims);
};

const hardSwish: Layer = (at, value, { a }) => {
  if (at.opset >= 14 && a % 2) return at.add('HardSwish', [value.name], value.dims);
  const gate = at.add('HardSigmoid', [value.name], value.dims, { alpha: 1 / 6, beta: 0.5 });
  return at.add('Mul', [value.name, gate.name], value.dims);
};

const gate: Layer = (at, value, { a }) => {
  const scores = at.add(pick(['Sigmoid', 'Tanh', 'HardSigmoid'], a), [value.name], value.dims);
  return at.add('Mul', [value.name, scores.name], value.dims);
};

/** Channels that are weighed by what they are on average. */
const squeezeAndExcite: Layer = (at, value, { a }) => {
  const [channels = 1] = value.dims;
  const mean = at.add('GlobalAveragePool', [value.name], [channels, 1, 1]);
  const inner = at.add('Conv', [mean.name, at.weight([channels, channels, 1, 1]), at.weight([channels])], mean.dims, {
    kernel_shape: [1n, 1n],
  });
  const scores = at.add(pick(['Sigmoid', 'HardSigmoid'], a), [inner.name], mean.dims);
  const weighed = at.add('Mul', [value.name, scores.name], value.dims);
  return a % 3 ? weighed : at.add('Add', [value.name, weighed.name], value.dims);
};

const pool =
  (opType: string): Layer =>
  (at, { name, dims }, { a, b }) => {
    const [channels = 1, height = 1, width = 1] = dims;
    if (height < 2 || width < 2) return null;
    const isPadded = a % 3 === 0 && height > 2 && width > 2;
    const sizeOf = (size: number): number =>
      isPadded ? Math.floor((size - 1) / 2) + 1 : Math.floor((size - 2) / 2) + 1;
    return at.add(opType, [name], [channels, sizeOf(height), sizeOf(width)], {
      kernel_shape: isPadded ? [3n, 3n] : [2n, 2n],
      strides: [2n, 2n],
      ...(isPadded ? { pads: [1n, 1n, 1n, 1n] } : {}),
      ...(opType === 'AveragePool' && b % 2 ? { count_include_pad: 1n } : {}),
    });
  };

const resize: Layer = (at, { name, dims }, { a, b }) => {
  const [channels = 1, height = 1, width = 1] = dims;
  if (height > 12) return null;
  const mode = pick(['nearest', 'nearest', 'linear', 'cubic'], a);
  const transformation = pick(['half_pixel', 'asymmetric', 'align_corners', 'pytorch_half_pixel'], b);
  const made = [channels, 2 * height, 2 * width];
  const attributes = {
    mode,
    coordinate_transformation_mode: transformation,
    ...(mode === 'nearest' ? { nearest_mode: pick(['floor', 'round_prefer_floor'], a) } : {}),
  };
  if (b % 3 === 0 && at.batch !== null && at.opset >= 13) {
    return at.add('Resize', [name, '', '', at.integers(1, ...made)], made, attributes);
  }
  // The regions may be left out from opset 13 on.
  const regions = at.opset >= 13 ? '' : at.constant([], [0]);
  return at.add('Resize', [name, regions, at.constant([1, 1, 2, 2])], made, attributes);
};

const concatenation: Layer = (at, value, { other, a }) => {
  if (value.dims.length === 1) {
    const alike = at.values.filter(({ dims }) => dims.length === 1);
    const second = pick(alike, other);
    return at.add('Concat', [value.name, second.name], [(value.dims[0] as number) + (second.dims[0] as number)], {
      axis: 1n,
    });
  }
  const alike = at.values.filter(
    ({ dims }) => dims.length === value.dims.length && same(dims.slice(1), value.dims.slice(1)),
  );
  const more = [pick(alike, other), ...(a % 2 ? [pick(alike, other + 1)] : [])];
  const channels = [value, ...more].reduce((sum, { dims }) => sum + (dims[0] as number), 0);
  if (channels > 128) return null;
  return at.add(
    'Concat',
    [value, ...more].map(({ name }) => name),
    [channels, ...value.dims.slice(1)],
    { axis: 1n },
  );
};

/** Both halves go on, changed or added up again. */
const split: Layer = (at, { name, dims }, { a }) => {
  const [channels = 1, ...others] = dims;
  if (channels % 2 !== 0) return null;
  const half = [channels / 2, ...others];
  const [first, second] = (
    at.opset >= 13
      ? at.addAll('Split', [name, at.integers(channels / 2, channels / 2)], [half, half], { axis: 1n })
      : at.addAll('Split', [name], [half, half], { axis: 1n })
  ) as [Value, Value];
  return a % 2
    ? at.add('Mul', [first.name, second.name], half)
    : at.add('Concat', [second.name, first.name], dims, { axis: 1n });
};

const slice: Layer = (at, { name, dims }, { a }) => {
  const [channels = 1, ...others] = dims;
  if (channels < 4) return null;
  const start = a % 2;
  return at.add(
    'Slice',
    [name, at.integers(start), at.integers(channels - 2), at.integers(1)],
    [channels - 2 - start, ...others],
  );
};

const padding: Layer = (at, { name, dims }, { a, b }) => {
  const [channels = 1, height = 1, width = 1] = dims;
  if (height > 16 || height < 3 || width < 3) return null;
  const mode = pick(['constant', 'constant', 'reflect', 'edge'], a);
  return at.add(
    'Pad',
    [name, at.integers(0, 0, 1, 1, 0, 0, 1, 1), ...(mode === 'constant' && b % 2 ? [at.constant([0], [])] : [])],
    [channels, height + 2, width + 2],
    { mode },
  );
};

const transposedThereAndBack: Layer = (at, value, { a }) => {
  const [channels = 1, height = 1, width = 1] = value.dims;
  const turned = at.add('Transpose', [value.name], [height, width, channels], { perm: [0n, 2n, 3n, 1n] });
  const between =
    a % 2 ? turned : at.add('MatMul', [turned.name, at.weight([channels, channels])], [height, width, channels]);
  return at.add('Transpose', [between.name], value.dims, { perm: [0n, 3n, 1n, 2n] });
};

const mean =
  (keeps: boolean): Layer =>
  (at, { name, dims }) => {
    const [channels = 1] = dims;
    const made = keeps ? [channels, 1, 1] : [channels];
    return at.opset >= 18
      ? at.add('ReduceMean', [name, at.integers(2, 3)], made, { keepdims: keeps ? 1n : 0n })
      : at.add('ReduceMean', [name], made, { axes: [2n, 3n], keepdims: keeps ? 1n : 0n });
  };

const flatten: Layer = (at, { name, dims }, { a, b }) => {
  const size = product(dims);
  if (size > 600) return null;
  if (a % 3 === 0) return at.add('Flatten', [name], [size]);
  if (a % 3 === 1) return at.add('Reshape', [name, at.integers(0, size)], [size]);
  // As exporters write it: the batch is taken from the shape.
  const shape = at.add('Shape', [name], []).name;
  const batch = at.add('Gather', [shape, at.integers(0)], [], { axis: 0n }).name;
  const whole = at.add('Concat', [batch, at.integers(b % 2 ? size : -1)], [], { axis: 0n }).name;
  return at.add('Reshape', [name, whole], [size]);
};

const sequenceOfImage: Layer = (at, { name, dims }) => {
  const [channels = 1, height = 1, width = 1] = dims;
  const rows = at.add('Reshape', [name, at.integers(0, channels, height * width)], [channels, height * width]);
  return at.add('Transpose', [rows.name], [height * width, channels], { perm: [0n, 2n, 1n] });
};

const gelu: Layer = (at, value) => {
  if (at.opset >= 20) return at.add('Gelu', [value.name], value.dims);
  const divided = at.add('Div', [value.name, at.constant([Math.SQRT2], [])], value.dims);
  const error = at.add('Erf', [divided.name], value.dims);
  const raised = at.add('Add', [error.name, at.constant([1], [])], value.dims);
  const times = at.add('Mul', [value.name, raised.name], value.dims);
  return at.add('Mul', [times.name, at.constant([0.5], [])], value.dims);
};

const softmax: Layer = (at, { name, dims }) =>
  at.add('Softmax', [name], dims, { axis: dims.length === 3 && at.opset >= 13 ? 1n : -1n });

const residual: Layer = (at, value, draw) => {
  const [channels = 1] = value.dims;
  const inner = at.add('Conv', [value.name, at.weight([channels, channels, 3, 3]), at.weight([channels])], value.dims, {
    kernel_shape: [3n, 3n],
    pads: [1n, 1n, 1n, 1n],
  });
  const sum = at.add('Add', draw.a % 2 ? [inner.name, value.name] : [value.name, inner.name], value.dims);
  return draw.b % 3 ? at.add('Relu', [sum.name], value.dims) : sum;
};

export const anywhere: readonly Layer[] = [
  unary('Relu'),
  unary('Relu'),
  unary('Sigmoid'),
  unary('Tanh'),
  unary('Identity'),
  unary('LeakyRelu', 0, ({ a }) => ({ alpha: pick([0.01, 0.2, 1.5], a) })),
  unary('HardSigmoid'),
  unary('Neg'),
  clip,
  hardSwish,
  gate,
  pair('Add'),
  pair('Mul'),
  pair('Sub'),
  withConstant('Add'),
  withConstant('Mul'),
  withConstant('Sub'),
  withConstant('Div'),
  concatenation,
  softmax,
  gelu,
  split,
  slice,
];
export const ofImages: readonly Layer[] = [
  ...Array.from({ length: 10 }, () => convolution),
  residual,
  residual,
  residual,
  normalization,
  normalization,
  instanceNormalization,
  transposedConvolution,
  squeezeAndExcite,
  squeezeAndExcite,
  pool('MaxPool'),
  pool('AveragePool'),
  resize,
  resize,
  padding,
  transposedThereAndBack,
  mean(true),
  mean(false),
  flatten,
  sequenceOfImage,
  (at, { name, dims }) => at.add('GlobalAveragePool', [name], [dims[0] as number, 1, 1]),
];
export const ofSequences: readonly Layer[] = [
  ...Array.from({ length: 8 }, () => matrixProduct),
  layerNormalization,
  layerNormalization,
  attention,
  recurrent,
  lastStep,
  flatten,
  imageOfSequence,
];
export const ofVectors: readonly Layer[] = [
  ...Array.from({ length: 5 }, () => gemm),
  ...Array.from({ length: 4 }, () => matrixProduct),
  layerNormalization,
  normalization,
];
