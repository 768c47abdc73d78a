import { expect, test } from 'vitest';
import {
  graphOf,
  modelOf,
  nodeOf,
  randomWeight,
  runModel,
  runOnFeeds,
  valueOf,
} from '../../../tests/fakes/small-model.ts';
import { withTables } from '../inputs/with-tables.ts';
import { generateValues } from '../runtime/generate-values.ts';
import { readNumbers } from '../runtime/tensor-values.ts';
import { indexTables } from './index-tables.ts';
import { tensorFrom } from './tensor-contents.ts';

const words = randomWeight('words', [7, 3], 1);
const turns = randomWeight('turns', [2, 4], 2);
const ids = { ids: ['int64', ['batch', 'sequence']] } as const;
const axes = tensorFrom('axes', 'int64', [1], BigInt64Array.of(0n));
const tablesOf = (part: Omit<Parameters<typeof modelOf>[1], 'outputs' | 'inputs'>) =>
  Object.fromEntries(indexTables(modelOf(17, { inputs: ids, outputs: ['y'], ...part })));

test('the table is the one whose rows the input picks, along the axis of the Gather', () => {
  expect(tablesOf({ weights: [words], nodes: [nodeOf('Gather', ['words', 'ids'], ['y'])] })).toEqual({
    ids: { name: 'words', rows: 7 },
  });
  expect(tablesOf({ weights: [turns], nodes: [nodeOf('Gather', ['turns', 'ids'], ['y'], { axis: -1n })] })).toEqual({
    ids: { name: 'turns', rows: 4 },
  });
});

test('of several tables the one with the fewest rows counts', () => {
  const nodes = [nodeOf('Gather', ['words', 'ids'], ['a']), nodeOf('Gather', ['turns', 'ids'], ['y'])];
  expect(tablesOf({ weights: [words, turns], nodes })).toEqual({ ids: { name: 'turns', rows: 2 } });
});

test('values go through casts and changes of shape, and not through arithmetic', () => {
  const through = (opType: string, more: string[] = []) =>
    tablesOf({
      weights: [words, axes],
      nodes: [nodeOf(opType, ['ids', ...more], ['moved']), nodeOf('Gather', ['words', 'moved'], ['y'])],
    });
  for (const opType of ['Cast', 'Identity', 'Flatten', 'Transpose']) expect(through(opType)).toHaveProperty('ids');
  for (const opType of ['Reshape', 'Squeeze', 'Unsqueeze']) expect(through(opType, ['axes'])).toHaveProperty('ids');
  expect(through('Add', ['axes'])).toEqual({});
});

test('a table that is stored in fewer bits has as many rows', () => {
  const gather = (node: ReturnType<typeof nodeOf>) =>
    tablesOf({ weights: [words], nodes: [node, nodeOf('Gather', ['made', 'ids'], ['y'])] });
  expect(gather(nodeOf('DequantizeLinear', ['words', 'scale'], ['made']))).toEqual({ ids: { name: 'made', rows: 7 } });
  expect(gather(nodeOf('Cast', ['words'], ['made']))).toEqual({ ids: { name: 'made', rows: 7 } });
  const blocks = nodeOf('GatherBlockQuantized', ['words', 'ids', 'scale'], ['y'], {}, { domain: 'com.microsoft' });
  expect(tablesOf({ weights: [words], nodes: [blocks] })).toEqual({ ids: { name: 'words', rows: 7 } });
});

test('a table around a branch is seen from inside it, and one that is computed is not known', () => {
  const branch = graphOf({ nodes: [nodeOf('Gather', ['words', 'ids'], ['inner'])], outputs: [valueOf('inner')] });
  expect(
    tablesOf({
      weights: [words],
      nodes: [nodeOf('If', ['condition'], ['y'], { then_branch: branch, else_branch: branch })],
    }),
  ).toEqual({ ids: { name: 'words', rows: 7 } });
  expect(tablesOf({ nodes: [nodeOf('Gather', ['computed', 'ids'], ['y'])] })).toEqual({});
});

test('ONNX Runtime takes what is generated for a table of two rows, which it refuses without', async () => {
  const model = modelOf(17, {
    inputs: { ids: ['int64', ['batch', 32]] },
    outputs: ['y'],
    weights: [turns],
    nodes: [nodeOf('Gather', ['turns', 'ids'], ['y'])],
  });
  await expect(runModel(model)).rejects.toThrow(/out of data bounds|out of bounds/);
  const input = { name: 'ids', dtype: 'int64', shape: [2, 32] };
  const [slot] = withTables([input], indexTables(model));
  const made = generateValues({ ...input, ...(slot?.table ? { table: slot.table } : {}) }, 1);
  const values = Array.from(readNumbers('int64', made));
  expect([...new Set(values)].toSorted((a, b) => a - b)).toEqual([0, 1]);
  const { y } = await runOnFeeds(model, { ids: { dims: input.shape, values: BigInt64Array.from(values, BigInt) } });
  expect(y).toHaveLength(2 * 32 * 4);
});
