import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createRandom } from '#shared/statistics/random.ts';
import { factorMatrix, restoreMatrix } from './factor-matrix.ts';
import { openMatrixProducts } from './matrix-products.ts';

const products = await openMatrixProducts();
afterAll(() => products.close());

function randomMatrix(length: number, seed: number): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length }, () => random() - 0.5);
}

function turn(matrix: Float64Array, columns: number): Float64Array {
  const rows = matrix.length / columns;
  return Float64Array.from(matrix, (_, index) => matrix[(index % rows) * columns + Math.floor(index / rows)] as number);
}

/** As anyone would write it. */
function productOf(left: Float64Array, right: Float64Array, inner: number): Float64Array {
  const [rows, columns] = [left.length / inner, right.length / inner];
  return Float64Array.from({ length: rows * columns }, (_, index) => {
    let sum = 0;
    for (let at = 0; at < inner; at += 1) {
      const row = Math.floor(index / columns);
      sum += (left[row * inner + at] as number) * (right[at * columns + (index % columns)] as number);
    }
    return sum;
  });
}

function distanceOf(found: Float64Array, wanted: Float64Array): number {
  if (found.length !== wanted.length) return Infinity;
  return wanted.reduce((most, value, index) => Math.max(most, Math.abs(value - (found[index] as number))), 0);
}

const size = fc.integer({ min: 1, max: 40 });

test('products of any size, of parts of larger buffers, are those of three loops', async () => {
  await fc.assert(
    fc.asyncProperty(size, size, size, fc.integer(), async (rows, inner, columns, seed) => {
      const left = randomMatrix(rows * inner + 3, seed).subarray(3);
      const right = randomMatrix(inner * columns, seed + 1);
      const wanted = productOf(left, right, inner);
      const room = new Float64Array(rows * columns + 2).fill(7);
      await products.multiply(left, right, room.subarray(1, -1), { rows, inner, columns });
      expect(distanceOf(room.subarray(1, -1), wanted)).toBeLessThan(1e-10);
      await products.multiplyTurned(left, turn(right, columns), room.subarray(1, -1), { rows, inner, columns });
      expect(distanceOf(room.subarray(1, -1), wanted)).toBeLessThan(1e-10);
      expect([room[0], room.at(-1)]).toEqual([7, 7]);
    }),
    { numRuns: 40 },
  );
});

test.each([1, 127, 128, 300])('strips of %i rows have the whole lower triangle, each row once', async (count) => {
  const rank = 5;
  const rows = randomMatrix(count * rank, 1);
  const wanted = productOf(rows, turn(rows, rank), rank);
  const seen: number[] = [];
  let furthest = 0;
  await products.forEachStrip(rows, { size: count, rank }, (strip, first, stripRows) => {
    for (let row = first; row < first + stripRows; row += 1) {
      seen.push(row);
      const from = (row - first) * (first + stripRows);
      const own = wanted.subarray(row * count, row * count + row + 1);
      furthest = Math.max(furthest, distanceOf(strip.subarray(from, from + row + 1), own));
    }
  });
  expect(seen).toEqual(Array.from({ length: count }, (_, row) => row));
  expect(furthest).toBeLessThan(1e-10);
});

test.each([1, 63, 64, 200])('a matrix of %i rows is Lᵀ L of its factor, and can be restored', async (count) => {
  const rows = randomMatrix(count * (count + 4), 2);
  const matrix = productOf(rows, turn(rows, count + 4), count + 4);
  const diagonal = matrix.filter((_, index) => index % (count + 1) === 0);
  const worked = matrix.slice();
  await factorMatrix(worked, count, products);
  const lower = worked.map((value, index) => (index % count <= Math.floor(index / count) ? value : 0));
  expect(distanceOf(productOf(turn(lower, count), lower, count), matrix)).toBeLessThan(1e-10);
  restoreMatrix(worked, diagonal);
  expect(distanceOf(worked, matrix)).toBe(0);
});
