import { expect, test } from 'vitest';
import { planSample, sampledDims, sampledPerRow } from './plan-sample.ts';
import { viewByItem } from './view-by-item.ts';

test.each([
  ['a small map is kept whole', [1, 64, 4, 4], 1, 1, 10, [1, 64, 4, 4]],
  ['a large map is thinned down to what is wanted', [1, 8, 28, 28], 1, 1, 800, [1, 8, 10, 10]],
  ['but not below 49 positions, because borders and middles differ', [1, 256, 28, 28], 1, 1, 10, [1, 256, 7, 7]],
  ['a sequence is thinned along its positions', [1, 1000, 16], 2, 1, 1600, [1, 100, 16]],
  ['a vector is kept whole', [1, 4096], 1, 1, 10, [1, 4096]],
  ['a batch that the model fixes does not count', [8, 8, 28, 28], 1, 8, 800, [8, 8, 10, 10]],
  ['several images of one item share what is wanted', [4, 8, 28, 28], 1, 1, 3200, [4, 8, 10, 10]],
])('%s', (_, dims, channelAxis, itemsPerRun, perItem, expected) => {
  const view = viewByItem(dims, { channelAxis, itemsPerRun, isImage: dims.length === 4, isEven: true });
  const plan = planSample(view, perItem);
  expect(sampledDims(plan)).toEqual(expected);
  expect(sampledPerRow(plan)).toBe(expected.slice(1).reduce((total, size) => total * size, 1));
});
