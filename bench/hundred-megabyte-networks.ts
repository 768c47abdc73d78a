/**
 * Networks of about 100 MB with random weights, for benchmarks of passes. Two have the shapes of well-known ones: how much is computed,
 * how large weights are beside activations, and which operators follow each other is that of the real ones; what they answer is not.
 * The third has large activations and outputs.
 * Sources: He et al. 2016, "Deep residual learning for image recognition" (ResNet-50, stride in the 3 × 3 convolution) and Dosovitskiy
 * et al. 2021, "An image is worth 16x16 words" (pre-norm encoder, patches of 16, width 384); weights after He et al. 2015.
 */
import {
  createAttribute,
  createNode,
  type GraphProto,
  graphSchema,
  modelSchema,
  type ModelProto,
} from '../src/engine/onnx/ir.ts';
import { createValueInfo } from '../src/engine/onnx/create-value-info.ts';
import { createMessage } from '../src/engine/onnx/message.ts';
import { tensorFrom } from '../src/engine/onnx/tensor-contents.ts';
import { createRandom } from '../src/shared/statistics/random.ts';

/** All read `[batch, 3, 224, 224]`, float32; the well-known ones give 1,000 classes. */
export const IMAGE_SIZE = 224;
const CLASS_COUNT = 1000;
const LABEL_COUNT = 21;

/** 25.6 million parameters, 4.1 billion multiplications an image, BatchNormalization not folded. */
export function createResnet50(): ModelProto {
  const { add, weight, finish } = createBuilder();
  const convolve = (input: string, channels: [number, number], size: number, stride: number, gain = 1): string => {
    const [inputs, outputs] = channels;
    const made = add('Conv', [input, weight([outputs, inputs, size, size], inputs * size * size)], {
      kernel_shape: integers(size, size),
      strides: integers(stride, stride),
      pads: integers(...Array.from({ length: 4 }, () => (size - 1) / 2)),
    });
    const vector = (value: number, spread: number): string => weight([outputs], null, { value, spread });
    return add('BatchNormalization', [made, vector(gain, gain / 4), vector(0, 0.2), vector(0, 0.1), vector(1, 0.2)], {
      epsilon: 1e-5,
    });
  };
  let data = add('Relu', [convolve('image', [3, 64], 7, 2)]);
  data = add('MaxPool', [data], {
    kernel_shape: integers(3, 3),
    strides: integers(2, 2),
    pads: integers(1, 1, 1, 1),
  });
  let channels = 64;
  for (const [stage, blockCount] of [3, 4, 6, 3].entries()) {
    const width = 64 * 2 ** stage;
    for (let block = 0; block < blockCount; block += 1) {
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const narrow = add('Relu', [convolve(data, [channels, width], 1, 1)]);
      const middle = add('Relu', [convolve(narrow, [width, width], 3, stride)]);
      // A smaller gain keeps what the blocks add up to from growing.
      const wide = convolve(middle, [width, 4 * width], 1, 1, 0.3);
      const shortcut = block === 0 ? convolve(data, [channels, 4 * width], 1, stride) : data;
      data = add('Relu', [add('Add', [wide, shortcut])]);
      channels = 4 * width;
    }
  }
  const pooled = add('Flatten', [add('GlobalAveragePool', [data])], { axis: 1n });
  const bias = weight([CLASS_COUNT], null, { value: 0, spread: 0.1 });
  return finish(add('Gemm', [pooled, weight([CLASS_COUNT, channels], channels), bias], { transB: 1n }));
}

/** 14 blocks, 25.5 million parameters, 5 billion multiplications an image; attention and GELU in the operators that exporters write. */
export function createVisionTransformer(): ModelProto {
  const [width, headCount, blockCount, patch] = [384, 6, 14, 16];
  const [tokenCount, headSize] = [(IMAGE_SIZE / patch) ** 2, width / headCount];
  const { add, weight, constant, shape, finish } = createBuilder();
  const vector = (size: number, value = 0, spread = 0.1): string => weight([size], null, { value, spread });
  const normalize = (input: string): string =>
    add('LayerNormalization', [input, vector(width, 1, 0.2), vector(width)], { axis: -1n, epsilon: 1e-6 });
  const multiply = (input: string, inputs: number, outputs: number): string =>
    add('Add', [add('MatMul', [input, weight([inputs, outputs], 2 * inputs)]), vector(outputs)]);
  const [one, half, root2, perHead] = [constant(1), constant(0.5), constant(Math.SQRT2), constant(headSize ** -0.5)];
  const headShape = shape(0, tokenCount, headCount, headSize);
  const tokenShape = shape(0, tokenCount, width);
  const toHeads = (input: string, perm: readonly bigint[]): string =>
    add('Transpose', [add('Reshape', [input, headShape])], { perm });
  const gelu = (input: string): string => {
    const doubled = add('Add', [add('Erf', [add('Div', [input, root2])]), one]);
    return add('Mul', [add('Mul', [input, doubled]), half]);
  };

  const patches = add('Conv', ['image', weight([width, 3, patch, patch], 6 * patch ** 2), vector(width)], {
    kernel_shape: integers(patch, patch),
    strides: integers(patch, patch),
  });
  const tokens = add('Transpose', [add('Reshape', [patches, shape(0, width, tokenCount)])], { perm: [0n, 2n, 1n] });
  let data = add('Add', [tokens, weight([1, tokenCount, width], null, { value: 0, spread: 0.2 })]);
  for (let block = 0; block < blockCount; block += 1) {
    const normal = normalize(data);
    const query = toHeads(multiply(normal, width, width), [0n, 2n, 1n, 3n]);
    const key = toHeads(multiply(normal, width, width), [0n, 2n, 3n, 1n]);
    const value = toHeads(multiply(normal, width, width), [0n, 2n, 1n, 3n]);
    const shares = add('Softmax', [add('Mul', [add('MatMul', [query, key]), perHead])], { axis: -1n });
    const mixed = add('Transpose', [add('MatMul', [shares, value])], { perm: [0n, 2n, 1n, 3n] });
    data = add('Add', [data, multiply(add('Reshape', [mixed, tokenShape]), width, width)]);
    const wide = gelu(multiply(normalize(data), width, 4 * width));
    data = add('Add', [data, multiply(wide, 4 * width, width)]);
  }
  const mean = add('ReduceMean', [normalize(data)], { axes: [1n], keepdims: 0n });
  return finish(add('Gemm', [mean, weight([CLASS_COUNT, width], width), vector(CLASS_COUNT)], { transB: 1n }));
}

/**
 * 24.5 million parameters, 5 billion multiplications an image; gives a score of each of 21 labels for each pixel, `[batch, 21, 224, 224]`: 4.2 MB an
 * image, behind tensors of 12.8 MB.
 */
export function createSegmenter(): ModelProto {
  const { add, weight, finish } = createBuilder();
  const convolve = (input: string, channels: [number, number], size: number, stride = 1): string => {
    const [inputs, outputs] = channels;
    const weights = weight([outputs, inputs, size, size], inputs * size * size);
    return add('Conv', [input, weights], {
      kernel_shape: integers(size, size),
      strides: integers(stride, stride),
      pads: integers(...Array.from({ length: 4 }, () => Math.floor((size - stride + 1) / 2))),
    });
  };
  const wide = add('Relu', [convolve('image', [3, 64], 1)]);
  const wider = add('Relu', [add('Add', [wide, convolve(wide, [64, 64], 1)])]);
  let data = add('Relu', [convolve(wider, [64, 512], 16, 16)]);
  for (let layer = 0; layer < 6; layer += 1) {
    data = add('Relu', [add('Add', [data, convolve(data, [512, 512], 3)])]);
  }
  const up = weight([512, LABEL_COUNT, 16, 16], 512);
  const scores = add('ConvTranspose', [data, up], { kernel_shape: integers(16, 16), strides: integers(16, 16) });
  return finish(add('Add', [scores, convolve(wider, [64, LABEL_COUNT], 1)]), [LABEL_COUNT, IMAGE_SIZE, IMAGE_SIZE]);
}

type Attributes = Record<string, Parameters<typeof createAttribute>[1]>;

function integers(...values: readonly number[]): bigint[] {
  return values.map(BigInt);
}

/** A graph that is written node by node; each gives the name of its one output. */
function createBuilder() {
  const random = createRandom(1);
  const graph: GraphProto = createMessage(graphSchema, {
    name: 'network',
    inputs: [createValueInfo('image', 'float32', ['batch', 3, IMAGE_SIZE, IMAGE_SIZE])],
  });
  const keep = (tensor: GraphProto['initializers'][number]): string => {
    graph.initializers.push(tensor);
    return tensor.name;
  };
  const nextName = (): string => `w${graph.initializers.length}`;
  /** About normal: the sum of three uniform values has the variance 1/4. */
  const draw = (): number => 2 * (random() + random() + random() - 1.5);
  return {
    /** @param fanIn for a deviation of √(2 / fanIn); null where `around` tells the mean and the deviation */
    weight: (dims: readonly number[], fanIn: number | null, around = { value: 0, spread: 1 }): string => {
      const { value, spread } = fanIn === null ? around : { value: 0, spread: Math.sqrt(2 / fanIn) };
      const length = dims.reduce((product, size) => product * size, 1);
      return keep(
        tensorFrom(
          nextName(),
          'float32',
          [...dims],
          Float32Array.from({ length }, () => value + spread * draw()),
        ),
      );
    },
    constant: (value: number): string => keep(tensorFrom(nextName(), 'float32', [], Float32Array.of(value))),
    shape: (...dims: readonly number[]): string =>
      keep(tensorFrom(nextName(), 'int64', [dims.length], BigInt64Array.from(dims, BigInt))),
    add: (opType: string, inputs: string[], given: Attributes = {}): string => {
      const name = `${opType}_${graph.nodes.length}`;
      const attributes = Object.entries(given).map(([key, value]) => createAttribute(key, value));
      graph.nodes.push(createNode({ opType, name, inputs, outputs: [name], attributes }));
      return name;
    },
    finish: (output: string, shape: readonly number[] = [CLASS_COUNT]): ModelProto => {
      graph.outputs = [createValueInfo(output, 'float32', ['batch', ...shape])];
      return createMessage(modelSchema, { irVersion: 8, graph, opsetImports: [{ domain: '', version: 17 }] });
    },
  };
}
