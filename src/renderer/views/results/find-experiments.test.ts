import { expect, test } from 'vitest';
import { findExperiments } from './find-experiments.ts';

const experiments = [
  {
    name: 'Nightly 7',
    modelNames: ['ResNet', 'resnet.static-int8'],
    providers: ['node:cpu' as const],
    deviceName: 'Laptop',
  },
  { name: 'phones', modelNames: ['vit'], providers: ['node:webgpu' as const], deviceName: 'Board' },
];

test.each([
  ['', ['Nightly 7', 'phones']],
  ['  ', ['Nightly 7', 'phones']],
  ['night', ['Nightly 7']],
  ['INT8 resnet', ['Nightly 7']],
  ['webgpu', ['phones']],
  ['board vit', ['phones']],
  ['vit laptop', []],
])('“%s” finds %j', (text, names) => {
  expect(findExperiments(experiments, text).map(({ name }) => name)).toEqual(names);
});
