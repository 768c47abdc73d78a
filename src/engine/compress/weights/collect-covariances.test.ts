/** Rows of real runs, of which it is only noted what is multiplied. */
import { expect, test } from 'vitest';
import { modelOf, nodeOf } from '../../../../tests/fakes/small-model.ts';
import { collectActivations } from '../calibration/collect-activations.ts';
import { collectCovariances } from './collect-covariances.ts';
import { diagonalOf } from './covariance.ts';
import { openMatrixProducts } from './matrix-products.ts';

const inputs = { kind: 'generated', seed: 3 } as const;
const ITEM_COUNT = 32;
const ITEM_ROWS = 512;

test('rows come evenly from all items, and from all places in them', async () => {
  const size = 8;
  const model = modelOf(17, {
    inputs: { x: ['float32', [ITEM_ROWS, size]] },
    outputs: ['y'],
    nodes: [nodeOf('Abs', ['x'], ['a']), nodeOf('Neg', ['a'], ['y'])],
    weights: [],
  });
  const all: Float32Array[] = [];
  await collectActivations({
    model,
    tensorNames: ['a'],
    inputs,
    look: (_name, values) => void all.push(values.slice()),
  });
  expect(all).toHaveLength(ITEM_COUNT);
  const placeOf = new Map<string, { item: number; row: number }>();
  for (const [item, values] of all.entries()) {
    for (let row = 0; row < ITEM_ROWS; row += 1) {
      placeOf.set(values.subarray(row * size, (row + 1) * size).join(), { item, row });
    }
  }
  const seen: { item: number; row: number }[] = [];
  const real = await openMatrixProducts();
  const products: typeof real = {
    ...real,
    forEachStrip(channels, dims, visit) {
      for (let row = 0; row < dims.rank; row += 1) {
        const values = Array.from({ length: size }, (_, channel) => channels[channel * dims.rank + row] as number);
        seen.push(placeOf.get(values.join()) as { item: number; row: number });
      }
      return real.forEachStrip(channels, dims, visit);
    },
  };
  const { covariances } = await collectCovariances(model, new Map([['a', size]]), {
    inputs,
    products,
    onProgress() {},
  });
  await real.close();
  expect(seen).toHaveLength(8192);
  const counts = (groups: Map<number, unknown[]>): number[] => [...groups.values()].map(({ length }) => length);
  expect(counts(Map.groupBy(seen, ({ item }) => item))).toEqual(Array.from({ length: ITEM_COUNT }, () => 256));
  for (const count of counts(Map.groupBy(seen, ({ row }) => row % 2))) expect(Math.abs(count - 4096)).toBeLessThan(200);
  let exact = 0;
  for (const { item, row } of seen) exact += ((all[item] as Float32Array)[row * size] as number) ** 2;
  expect((diagonalOf(covariances.get('a')!)[0] as number) / exact).toBeCloseTo(1, 5);
});
