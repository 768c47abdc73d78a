import { expect, test } from 'vitest';
import { createNode, graphSchema, type ModelProto, modelSchema } from '../../onnx/ir.ts';
import { createMessage } from '../../onnx/message.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import type { WeightUse } from './find-weights.ts';
import { groupByCovariances } from './group-by-covariances.ts';

const WIDTH = 1024;
/** Float32, one triangle. */
const COVARIANCE_BYTES = 2 * WIDTH * (WIDTH + 1);

/** Square products, each with an input of its own; the weights have no contents. */
function build(count: number): { model: ModelProto; uses: WeightUse[] } {
  const contents = { byteLength: 4 * WIDTH ** 2, read: () => new Uint8Array(0), pieces: () => [] };
  const uses = Array.from({ length: count }, (_, index): WeightUse => {
    const weight = Object.assign(tensorFrom(`w${index}`, 'float32', [WIDTH, WIDTH], new Uint8Array(0)), {
      rawData: contents,
    });
    const node = createNode({ opType: 'MatMul', inputs: [`x${index}`, weight.name], outputs: [`y${index}`] });
    return useOf(node, weight);
  });
  const graph = createMessage(graphSchema, { initializers: uses.map(({ weight }) => weight) });
  return { model: createMessage(modelSchema, { graph }), uses };
}

function useOf(node: WeightUse['node'], weight: WeightUse['weight'], changes: Partial<WeightUse> = {}): WeightUse {
  return {
    kind: 'product',
    node,
    weight,
    inputs: WIDTH,
    outputs: WIDTH,
    isInMainGraph: true,
    ...changes,
  } as WeightUse;
}

test('the covariances of a group take at most three tenths of what the weights take, and every use is in one group', () => {
  const { model, uses } = build(32);
  const groups = groupByCovariances(uses, model);
  expect(groups.flatMap((group) => group.uses)).toEqual(uses);
  // 128 MiB of weights.
  for (const { sizes } of groups) expect(sizes.size * COVARIANCE_BYTES).toBeLessThanOrEqual(0.3 * 128 * 2 ** 20);
  expect(groups).toHaveLength(2);
});

test('covariances of little are collected together', () => {
  const { model, uses } = build(4);
  expect(groupByCovariances(uses, model)).toHaveLength(1);
});

test('all uses of a weight are in one group, with the inputs of each', () => {
  const { model, uses } = build(20);
  const [first] = uses as [WeightUse];
  const node = createNode({ opType: 'MatMul', inputs: ['elsewhere', 'w0'], outputs: ['z'] });
  const groups = groupByCovariances([...uses, useOf(node, first.weight)], model);
  const own = groups.filter((group) => group.uses.some(({ weight }) => weight === first.weight));
  expect(own).toHaveLength(1);
  expect([...(own[0]?.sizes.keys() ?? [])]).toEqual(expect.arrayContaining(['x0', 'elsewhere']));
});

test('tables, and products whose inputs are too many or cannot be looked at, need none', () => {
  const { model, uses } = build(3);
  const changes: Partial<WeightUse>[] = [{ kind: 'table' }, { inputs: 4097 }, { isInMainGraph: false }];
  const others = uses.map((use, index) => ({ ...use, ...changes[index] }));
  const [group, ...more] = groupByCovariances(others, model);
  expect(more).toEqual([]);
  expect(group?.uses).toEqual(others);
  expect(group?.sizes.size).toBe(0);
});
