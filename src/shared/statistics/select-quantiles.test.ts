import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quantileOfSorted, sortAscending } from './quantile.ts';
import { selectQuantiles } from './select-quantiles.ts';

test('selected quantiles are those of the sorted values, equal ones and steps of a clock too', () => {
  const value = fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.integer({ min: 0, max: 3 }));
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 200 }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 }),
      (values, probabilities) => {
        const before = [...values];
        const sorted = sortAscending(values);
        expect(selectQuantiles(values, probabilities)).toEqual(
          probabilities.map((probability) => quantileOfSorted(sorted, probability)),
        );
        expect(values).toEqual(before);
      },
    ),
  );
});

test.each([
  ['ascending', (index: number) => index],
  ['descending', (index: number) => -index],
  ['equal', () => 7],
])('100,000 %s values are no deeper than any others', (_, at) => {
  const values = Array.from({ length: 100_000 }, (__, index) => at(index));
  expect(selectQuantiles(values, [0.5])).toEqual([quantileOfSorted(sortAscending(values), 0.5)]);
});
