import { expect, test } from 'vitest';
import { exampleExperiment, threeVersions } from '../../../tests/fakes/example-content.ts';
import { compareReproduction } from '../reproduction.ts';
import { repeatConclusion, repeatRows } from './reproduction-text.ts';

const namesOf = (options: Parameters<typeof exampleExperiment>[1]): string[] => {
  const { experiment } = exampleExperiment(threeVersions.slice(0, 2), options);
  return repeatRows(compareReproduction(experiment, experiment)).map(({ what }) => what);
};
const [first, second] = threeVersions.map(({ name }) => name);

test('a number is named by its model where the models were measured in one way', () => {
  expect(namesOf({})).toEqual([`${first}, median ms`, `${second}, median ms`, `${second} against ${first}, speed`]);
});

test('and by settings too where one model was measured with several', () => {
  const names = namesOf({ batchSizes: [1, 8] });
  expect(names).toContain(`${first}, median ms`);
  expect(names).toContain(`${first}, batch 8, median ms`);
  expect(names).toContain(`${second} against ${first}, batch 8, speed`);
  expect(new Set(names).size).toBe(names.length);
});

test('that a number repeats is no more said than what was expected allows', () => {
  const { experiment } = exampleExperiment(threeVersions.slice(0, 2));
  const reproduction = compareReproduction(experiment, experiment);
  expect(repeatConclusion(reproduction)).toContain('It repeats');
  const wide = reproduction.runs.map((run) => ({ ...run, expected: { low: 0.9, high: 2.7 } }));
  expect(repeatConclusion({ ...reproduction, runs: wide })).toContain('this says little');
});

test('a comparison across settings names both sides in full', () => {
  const names = namesOf({ providers: ['node:cpu', 'node:webgpu'] });
  expect(names).toContain(`${first}, node:webgpu against ${first}, node:cpu, speed`);
});
