import { expect, test } from 'vitest';
import { experimentPlanSchema } from '#shared/case.ts';
import type { TensorInfo } from '#shared/model.ts';
import { refuseUnknownDimensions } from './refuse-unknown-dimensions.ts';

const model = (name: string, shape: TensorInfo['shape']) => ({
  name,
  inspection: { inputs: [{ name: 'image', dtype: 'float32', shape }], outputs: [] },
});

const plan = (dimensions: Record<string, number>, reproduces?: string) => ({
  ...experimentPlanSchema.parse({ variantIds: ['0'.repeat(64)], providers: ['node:cpu'], settings: { dimensions } }),
  ...(reproduces === undefined ? {} : { reproduces }),
});

test.each<[string, Record<string, number>, TensorInfo['shape'], string]>([
  [
    'a name that is none',
    { hieght: 2 },
    ['batch', 3, 'height'],
    '“net” has no dimension “hieght” that could be set; there are “batch”, “height”.',
  ],
  [
    'an axis that is fixed',
    { 'image:1': 2 },
    ['batch', 3],
    '“net” has no dimension “image:1” that could be set; there is “batch”.',
  ],
  [
    'any of a model of fixed sizes',
    { batch: 2 },
    [1, 3],
    '“net” has no dimension “batch” that could be set; all of its sizes are fixed in the file.',
  ],
])('%s is refused with those that there are', (_what, dimensions, shape, message) => {
  expect(() => refuseUnknownDimensions(plan(dimensions), [model('net', shape)])).toThrow(message);
});

test('a dimension of one of several models, and one without a name by its axis, can be set', () => {
  const models = [model('fixed', [1]), model('open', ['batch', null])];
  expect(() => refuseUnknownDimensions(plan({ batch: 2, 'image:1': 3 }), models)).not.toThrow();
  expect(() => refuseUnknownDimensions(plan({ width: 2 }), models)).toThrow(
    'None of the models has a dimension “width”',
  );
});

test('what was measured with one can be measured again', () => {
  expect(() => refuseUnknownDimensions(plan({ width: 2 }, 'an id'), [model('net', [1])])).not.toThrow();
});

test('nothing is refused of an input of unknown rank', () => {
  expect(() => refuseUnknownDimensions(plan({ width: 2 }), [model('net', null)])).not.toThrow();
});
