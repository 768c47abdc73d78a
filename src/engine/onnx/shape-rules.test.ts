import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { graphOf, modelOf, nodeOf, runModel, valueOf } from '../../../tests/fakes/small-model.ts';
import { inferShapes } from './infer-shapes.ts';
import type { GraphProto, NodeProto, TensorProto } from './ir.ts';
import { tensorFrom } from './tensor-contents.ts';

const integers = (name: string, values: readonly number[]): TensorProto =>
  tensorFrom(name, 'int64', [values.length], BigInt64Array.from(values, BigInt));

/** Shapes of `y0`, `y1`, …; `x` is [2, 3, 1, 5], and of `hidden` and what `weights` do not have nothing is known but that it has one axis. */
function shapesOf(node: NodeProto, weights: TensorProto[] = []): ((number | null)[] | null)[] {
  const known = inferShapes(
    graphOf({
      inputs: [valueOf('x', 'float32', [2, 3, 1, 5]), valueOf('hidden', 'int64', ['n'])],
      nodes: [node],
      initializers: weights,
    }),
    { batchSize: null },
  );
  return node.outputs.map((name) => known.get(name)?.dims ?? null);
}

describe('where integers are not known', () => {
  const one = integers('one', [1]);
  const lengths = integers('lengths', [1, 2]);
  test.each<[string, NodeProto, ((number | null)[] | null)[]]>([
    [
      'starts leave open the axis that they cut',
      nodeOf('Slice', ['x', 'hidden', 'one', 'one'], ['y']),
      [[2, null, 1, 5]],
    ],
    [
      'ends leave open the axis that they cut',
      nodeOf('Slice', ['x', 'one', 'hidden', 'one'], ['y']),
      [[2, null, 1, 5]],
    ],
    [
      'steps leave open the axis that they cut',
      nodeOf('Slice', ['x', 'one', 'one', 'one', 'hidden'], ['y']),
      [[2, null, 1, 5]],
    ],
    [
      'axes leave all sizes of a Slice open',
      nodeOf('Slice', ['x', 'one', 'one', 'hidden'], ['y']),
      [[null, null, null, null]],
    ],
    [
      'starts without axes leave all sizes open',
      nodeOf('Slice', ['x', 'hidden', 'hidden'], ['y']),
      [[null, null, null, null]],
    ],
    [
      'parts leave open the axis that they divide',
      nodeOf('Split', ['x', 'hidden'], ['y', 'z'], { axis: 1n }),
      [
        [2, null, 1, 5],
        [2, null, 1, 5],
      ],
    ],
    [
      'parts that are known are taken',
      nodeOf('Split', ['x', 'lengths'], ['y', 'z'], { axis: 1n }),
      [
        [2, 1, 1, 5],
        [2, 2, 1, 5],
      ],
    ],
    [
      'without parts they come out even but for the last',
      nodeOf('Split', ['x'], ['y', 'z'], { axis: 3n, num_outputs: 2n }),
      [
        [2, 3, 1, 3],
        [2, 3, 1, 2],
      ],
    ],
    ['axes leave the rank of a Squeeze open', nodeOf('Squeeze', ['x', 'hidden'], ['y']), [null]],
    ['without axes every size of one goes', nodeOf('Squeeze', ['x'], ['y']), [[2, 3, 5]]],
    ['axes leave the rank of an Unsqueeze open', nodeOf('Unsqueeze', ['x', 'hidden'], ['y']), [null]],
    [
      'axes of a sum that keeps its rank leave its sizes open',
      nodeOf('ReduceSum', ['x', 'hidden'], ['y']),
      [[null, null, null, null]],
    ],
    ['axes of another sum leave its rank open', nodeOf('ReduceSum', ['x', 'hidden'], ['y'], { keepdims: 0n }), [null]],
    ['a shape leaves sizes open and keeps its length', nodeOf('Reshape', ['x', 'lengths_of'], ['y']), [[null, null]]],
    ['a margin is unknown', nodeOf('Pad', ['x', 'hidden'], ['y']), [null]],
    [
      'largest and smallest values are as large as the largest of each size',
      nodeOf('Max', ['x', 'column'], ['y']),
      [[2, 3, 4, 5]],
    ],
  ])('%s', (_words, node, expected) => {
    const column = tensorFrom('column', 'float32', [4, 1], new Float32Array(4));
    // Not integers, so only the shape is known.
    const lengthsOf = tensorFrom('lengths_of', 'float32', [2], new Float32Array(2));
    expect(shapesOf(node, [one, lengths, column, lengthsOf])).toEqual(expected);
  });

  const open = [null, null, null, null];
  const cropped = { coordinate_transformation_mode: 'tf_crop_and_resize' };
  test.each<[string, NodeProto, (number | null)[]]>([
    ['scales of an attribute', nodeOf('Upsample', ['x'], ['y'], { scales: [1, 1, 2, 2] }), [2, 3, 2, 10]],
    ['scales of the second input', nodeOf('Upsample', ['x', 'scales'], ['y']), [2, 3, 2, 10]],
    ['scales that are not known', nodeOf('Resize', ['x', '', 'hidden'], ['y']), open],
    ['a region that is cropped', nodeOf('Resize', ['x', 'hidden', 'scales'], ['y'], cropped), open],
    [
      'a side that follows',
      nodeOf('Resize', ['x', '', '', 'one'], ['y'], { keep_aspect_ratio_policy: 'not_larger' }),
      open,
    ],
  ])('%s give an image’s sizes as far as they tell', (_words, node, expected) => {
    const scales = tensorFrom('scales', 'float32', [4], Float32Array.of(1, 1, 2, 2));
    expect(shapesOf(node, [scales])).toEqual([expected]);
  });

  test('an axis of a size that is not known stays open where an operator takes it from others', () => {
    const graph: GraphProto = graphOf({
      inputs: [valueOf('x', 'float32', ['N', 'C', 4]), valueOf('z', 'float32', ['N', 3, 2])],
      nodes: [
        nodeOf('Min', ['x', 'z'], ['least']),
        nodeOf('Squeeze', ['x'], ['squeezed']),
        nodeOf('Split', ['x'], ['first', 'second'], { axis: 1n }),
        nodeOf('Concat', ['x', 'z'], ['both'], { axis: 2n }),
      ],
    });
    const known = inferShapes(graph, { batchSize: null });
    expect(['squeezed', 'first', 'second', 'both'].map((name) => known.get(name)?.dims)).toEqual([
      null,
      [null, null, 4],
      [null, null, 4],
      [null, 3, 6],
    ]);
  });
});

type Case = { node: NodeProto; weights: TensorProto[] };

const shape = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
/** An axis, or the same counted from the end. */
const axisOf = (rank: number) => fc.integer({ min: -rank, max: rank - 1 });
const axesOf = (rank: number, least = 0) =>
  fc
    .subarray([...Array(rank).keys()], { minLength: least })
    .chain((axes) => fc.tuple(...axes.map((axis) => fc.constantFrom(axis, axis - rank))));
const flag = fc.integer({ min: 0, max: 1 }).map(BigInt);

/** Integers for inputs of a node, of which the rules are told all but one at most: what is negated they do not follow. */
const withIntegers = (
  given: Record<string, readonly number[]>,
  build: (names: Record<string, string>) => Case,
): fc.Arbitrary<{ nodes: NodeProto[]; weights: TensorProto[] }> =>
  fc.option(fc.constantFrom('', ...Object.keys(given))).map((hidden) => {
    const names = Object.fromEntries(Object.keys(given).map((name) => [name, name === hidden ? 'hidden' : name]));
    const negated = integers(
      'negated',
      (given[hidden ?? ''] ?? []).map((value) => -value),
    );
    const { node, weights } = build(names);
    return {
      nodes: [nodeOf('Neg', ['negated'], ['hidden']), node],
      weights: [...Object.entries(given).map(([name, values]) => integers(name, values)), negated, ...weights],
    };
  });

const bare = (node: NodeProto, weights: TensorProto[] = []) => withIntegers({}, () => ({ node, weights }));
const random = (name: string, dims: number[]): TensorProto =>
  tensorFrom(name, 'float32', dims, new Float32Array(dims.reduce((product, each) => product * each, 1)).fill(0.5));

/** For each operator, from the shape of `x`, nodes that it takes. */
const operators: Record<string, (dims: number[]) => fc.Arbitrary<{ nodes: NodeProto[]; weights: TensorProto[] }>> = {
  Slice: (dims) =>
    axesOf(dims.length, 1).chain((axes) =>
      fc
        .tuple(
          fc.tuple(...axes.map(() => fc.integer({ min: -7, max: 7 }))),
          fc.tuple(...axes.map(() => fc.integer({ min: -7, max: 7 }))),
          fc.tuple(...axes.map(() => fc.constantFrom(1, 2, 3, -1, -2, -3))),
        )
        .chain(([starts, ends, steps]) =>
          withIntegers({ starts, ends, axes, steps }, (names) => ({
            node: nodeOf(
              'Slice',
              ['x', ...['starts', 'ends', 'axes', 'steps'].map((name) => names[name] ?? '')],
              ['y0'],
            ),
            weights: [],
          })),
        ),
    ),
  Split: (dims) =>
    axisOf(dims.length).chain((axis) =>
      fc.integer({ min: 0, max: dims.at(axis) as number }).chain((first) => {
        const parts = [first, (dims.at(axis) as number) - first];
        return withIntegers({ parts }, (names) => ({
          node: nodeOf('Split', ['x', names['parts'] ?? ''], ['y0', 'y1'], { axis: BigInt(axis) }),
          weights: [],
        }));
      }),
    ),
  'Split evenly': (dims) =>
    axisOf(dims.length).chain((axis) =>
      fc.integer({ min: 1, max: Math.min(2, dims.at(axis) as number) }).chain((count) =>
        bare(
          nodeOf(
            'Split',
            ['x'],
            Array.from({ length: count }, (_, index) => `y${index}`),
            {
              axis: BigInt(axis),
              num_outputs: BigInt(count),
            },
          ),
        ),
      ),
    ),
  Squeeze: (dims) => {
    const ones = dims.flatMap((each, axis) => (each === 1 ? [axis] : []));
    return fc.subarray(ones).chain((axes) =>
      axes.length === 0
        ? bare(nodeOf('Squeeze', ['x'], ['y0']))
        : withIntegers({ axes: axes.map((axis, index) => (index % 2 === 0 ? axis : axis - dims.length)) }, (names) => ({
            node: nodeOf('Squeeze', ['x', names['axes'] ?? ''], ['y0']),
            weights: [],
          })),
    );
  },
  Unsqueeze: (dims) =>
    axesOf(dims.length + 1, 1).chain((axes) =>
      axes.length > 1
        ? bare(nodeOf('Relu', ['x'], ['y0']))
        : withIntegers({ axes }, (names) => ({
            node: nodeOf('Unsqueeze', ['x', names['axes'] ?? ''], ['y0']),
            weights: [],
          })),
    ),
  ReduceSum: (dims) =>
    fc.tuple(axesOf(dims.length), flag, flag).chain(([axes, keepdims, noop]) =>
      withIntegers({ axes }, (names) => ({
        node: nodeOf('ReduceSum', axes.length === 0 ? ['x'] : ['x', names['axes'] ?? ''], ['y0'], {
          keepdims,
          noop_with_empty_axes: noop,
        }),
        weights: [],
      })),
    ),
  Transpose: (dims) =>
    fc
      .shuffledSubarray([...dims.keys()], { minLength: dims.length })
      .chain((perm) => bare(nodeOf('Transpose', ['x'], ['y0'], { perm: perm.map(BigInt) }))),
  Flatten: (dims) =>
    axisOf(dims.length).chain((axis) => bare(nodeOf('Flatten', ['x'], ['y0'], { axis: BigInt(axis) }))),
  Shape: () =>
    fc
      .tuple(fc.integer({ min: -6, max: 6 }), fc.integer({ min: -6, max: 6 }))
      .chain(([start, end]) => bare(nodeOf('Shape', ['x'], ['y0'], { start: BigInt(start), end: BigInt(end) }))),
  Concat: (dims) =>
    axisOf(dims.length).chain((axis) => {
      const other = dims.map((each, index) => (index === (axis + dims.length) % dims.length ? 3 : each));
      return bare(nodeOf('Concat', ['x', 'w'], ['y0'], { axis: BigInt(axis) }), [random('w', other)]);
    }),
  Pad: (dims) =>
    fc
      .tuple(...[...dims, ...dims].map(() => fc.integer({ min: 0, max: 3 })))
      .chain((pads) =>
        withIntegers({ pads }, (names) => ({ node: nodeOf('Pad', ['x', names['pads'] ?? ''], ['y0']), weights: [] })),
      ),
  Gather: (dims) =>
    axisOf(dims.length).chain((axis) =>
      withIntegers({ rows: [0, -1, 0] }, (names) => ({
        node: nodeOf('Gather', ['x', names['rows'] ?? ''], ['y0'], { axis: BigInt(axis) }),
        weights: [],
      })),
    ),
  'Resize by scales': (dims) =>
    fc
      .tuple(...dims.map(() => fc.constantFrom(1, 2, 0.5, 1.7, 2.999_999, 1 / 3 + 1)))
      .chain((scales) =>
        bare(nodeOf('Resize', ['x', '', 'scales'], ['y0'], { mode: 'nearest' }), [
          tensorFrom('scales', 'float32', [scales.length], Float32Array.from(scales)),
        ]),
      ),
  'Resize to sizes': (dims) =>
    axisOf(dims.length).chain((axis) =>
      withIntegers({ sizes: [7] }, (names) => ({
        node: nodeOf('Resize', ['x', '', '', names['sizes'] ?? ''], ['y0'], { mode: 'nearest', axes: [BigInt(axis)] }),
        weights: [],
      })),
    ),
  Max: (dims) =>
    fc.integer({ min: 0, max: dims.length }).chain((start) => {
      const other = dims.slice(start).map((each, index) => (index % 2 === 0 ? 1 : each));
      return bare(nodeOf('Max', ['w', 'x'], ['y0']), [random('w', other)]);
    }),
};

const windows = fc.record({
  dims: fc.tuple(fc.integer({ min: 5, max: 9 }), fc.integer({ min: 5, max: 9 })),
  kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  pads: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 4, maxLength: 4 }),
  dilations: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
  ceil: flag,
  autoPad: fc.constantFrom('NOTSET', 'NOTSET', 'SAME_UPPER', 'VALID'),
  opType: fc.constantFrom('MaxPool', 'AveragePool', 'LpPool', 'Conv', 'ConvTranspose'),
});

describe('what is inferred is what ONNX Runtime makes', () => {
  test.each(Object.entries(operators))('%s', async (_name, build) => {
    let wholeCount = 0;
    await fc.assert(
      fc.asyncProperty(
        shape.chain((dims) => build(dims).map((part) => ({ dims, ...part }))),
        async ({ dims, nodes, weights }) => {
          const { inferred, made, isWhole } = await inferAndRun(dims, nodes, weights);
          expect(inferred).toEqual(made);
          if (isWhole) wholeCount += 1;
        },
      ),
      { numRuns: 60 },
    );
    // To infer nothing would always be right.
    expect(wholeCount).toBeGreaterThan(6);
  });

  test('windows', async () => {
    await fc.assert(
      fc.asyncProperty(windows, async ({ dims, kernel, strides, pads, dilations, ceil, autoPad, opType }) => {
        const isPool = opType.endsWith('Pool');
        // ONNX Runtime refuses to leave out elements at the end, and margins that a kernel fits into.
        fc.pre(autoPad !== 'SAME_UPPER' || strides.every((stride, axis) => stride <= (kernel[axis] as number)));
        fc.pre(!isPool || kernel.every((each, axis) => pads.every((pad, at) => at % 2 !== axis || pad < each)));
        const attributes = {
          kernel_shape: kernel.map(BigInt),
          strides: strides.map(BigInt),
          ...(autoPad === 'NOTSET' ? { pads: pads.map(BigInt) } : {}),
          ...(autoPad === 'NOTSET' || opType === 'ConvTranspose' ? { dilations: dilations.map(BigInt) } : {}),
          ...(isPool ? { ceil_mode: ceil } : {}),
          auto_pad: autoPad,
        };
        const weight = random('w', opType === 'ConvTranspose' ? [2, 3, ...kernel] : [3, 2, ...kernel]);
        const node = nodeOf(opType, isPool ? ['x'] : ['x', 'w'], ['y0'], attributes);
        const { inferred, made } = await inferAndRun([1, 2, ...dims], [node], isPool ? [] : [weight]);
        expect(inferred).toEqual(made);
      }),
      { numRuns: 300 },
    );
  });
});

/** @returns inferred sizes, those that are left open as they came out; and whether none was left open */
async function inferAndRun(dims: number[], nodes: NodeProto[], weights: TensorProto[]) {
  const outputs = nodes.at(-1)?.outputs ?? [];
  const model = modelOf(19, { inputs: { x: ['float32', dims] }, outputs, nodes, weights });
  const known = inferShapes(model.graph as GraphProto, { batchSize: null });
  const made = (await runModel(model)).map((output) => [...output.dims]);
  const sizes = outputs.map((name) => known.get(name)?.dims);
  return {
    inferred: sizes.map((some, index) => some?.map((size, axis) => size ?? made[index]?.[axis]) ?? made[index]),
    made,
    isWhole: sizes.every((some) => some?.every((size) => size !== null)),
  };
}
