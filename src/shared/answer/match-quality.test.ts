import { expect, test } from 'vitest';
import type { Quality } from '../quality.ts';
import { wilsonInterval } from '../statistics/proportion.ts';
import { exampleContent, exampleHash, threeVersions } from '../../../tests/fakes/example-content.ts';
import { compareAccuracy, datasetForComparison, qualityOf } from './match-quality.ts';

const { quality } = exampleContent(threeVersions, { providers: ['node:cpu', 'node:webgpu'] });
const first = quality[0] as Quality;

test('the data that most files were evaluated on is the data to compare on', () => {
  expect(datasetForComparison([{ ...first, datasetId: 'other' }, ...quality.slice(1)])).toBe('fashion-mnist/test');
  expect(datasetForComparison([{ ...first, metrics: {} }])).toBeNull();
});

test('accuracy on another provider or other data is no substitute', () => {
  const wanted = { variantId: exampleHash(1), provider: 'node:cpu', datasetId: 'fashion-mnist/test' } as const;
  expect(qualityOf(quality, wanted)).toMatchObject({ variantId: exampleHash(1), provider: 'node:cpu' });
  expect(qualityOf(quality, { ...wanted, provider: 'node:cuda' })).toBeNull();
  expect(qualityOf(quality, { ...wanted, datasetId: 'other' })).toBeNull();
});

test.each([
  [9000, 9000, 'indistinguishable'],
  [9000, 8500, 'worse'],
  [9000, 9500, 'better'],
] as const)('without pairs, %i against %i of 10,000 is %s', (referenceCorrect, candidateCorrect, verdict) => {
  const withCorrect = (count: number): Quality => ({
    ...first,
    paired: null,
    referenceId: null,
    metrics: { top1: wilsonInterval(count, 10_000) },
  });
  expect(
    compareAccuracy(
      { quality: withCorrect(referenceCorrect), sha256: exampleHash(0) },
      { quality: withCorrect(candidateCorrect), sha256: exampleHash(1) },
    ),
  ).toEqual({ verdict, paired: null });
});

test('pairs count only against the very file that is the reference', () => {
  const candidate = quality.find(({ variantId }) => variantId === exampleHash(1)) as Quality;
  const sides = (sha256: string) =>
    compareAccuracy({ quality: first, sha256 }, { quality: candidate, sha256: candidate.variantId });
  expect(sides(exampleHash(0)).paired).toBe(candidate.paired);
  expect(sides(exampleHash(7)).paired).toBeNull();
});
