import { expect, test } from 'vitest';
import { fakeDevice } from '../../tests/fakes/fake-device.ts';
import { coresOf } from './cores-of.ts';

test.each<[what: string, usableCores: number, physicalCores: number | null, expected: number]>([
  ['a quota of half a core is one', 0.5, 8, 1],
  ['a quota between two numbers is the smaller one', 1.5, 8, 1],
  ['two threads on a core are one', 16, 8, 8],
  ['a mask leaves fewer than there are', 3, 8, 3],
  ['where cores are not told from threads, all count', 6, null, 6],
])('%s', (_what, usableCores, physicalCores, expected) => {
  expect(coresOf({ cpu: { ...fakeDevice.cpu, usableCores, physicalCores } })).toBe(expected);
});
