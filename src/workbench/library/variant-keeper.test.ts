import { expect, test } from 'vitest';
import type { Variant } from '#shared/model.ts';
import { uniqueVariantName } from './variant-keeper.ts';

test.each([
  [[], 'a', 'a'],
  [['a'], 'a', 'a 2'],
  [['a', 'a 2'], 'a', 'a 3'],
  [['b'], 'a', 'a'],
])('beside %o the name %s becomes %s', (names, name, expected) => {
  const variants = names.map((taken) => ({ name: taken }) as Variant);
  expect(uniqueVariantName({ variants }, name)).toBe(expected);
});
