import { expect, test } from 'vitest';
import { subjectsText } from './finding-text.ts';

const about = { kind: 'skipped', severity: 'info', message: '' } as const;

test.each([
  [[], undefined, 3, ''],
  [['a', 'b'], undefined, 3, 'a, b'],
  [['a', 'b', 'c', 'd'], undefined, 3, 'a, b, c and 1 more'],
  [['a', 'b', 'c', 'd'], 1204, 3, 'a, b, c and 1,201 more'],
  [['a', 'b'], 22, Infinity, 'a, b and 20 more'],
])('of %j, of %s in all, at most %d are named: %s', (subjects, subjectCount, mostNames, text) => {
  const given = subjectCount === undefined ? {} : { subjectCount };
  expect(subjectsText({ ...about, subjects, ...given }, mostNames)).toBe(text);
});
