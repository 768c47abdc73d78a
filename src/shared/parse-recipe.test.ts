import { expect, it } from 'vitest';
import { parseRecipe } from './parse-recipe.ts';

it('reads a recipe file', () => {
  const text = '{"$schema":"recipe.schema.json","version":1,"name":"small","passes":[{"pass":"fold"}]}';
  expect(parseRecipe(text, 'a.json')).toEqual({ version: 1, name: 'small', passes: [{ pass: 'fold', settings: {} }] });
});

it.each([
  ['no JSON', 'is not JSON'],
  [
    '{"version":2,"name":"x","passes":[{"pass":"fold"}]}',
    'recipe of version 2, and this Whittle knows recipes up to version 1',
  ],
  ['{"version":0,"name":"x","passes":[{"pass":"fold"}]}', '“version” is 0, and must be 1.'],
  ['{"name":"x","passes":[{"pass":"fold"}]}', '“version” is missing, and must be 1.'],
  ['{"version":1,"name":"x","passes":[]}', '“passes” is [], and must be at least 1 long.'],
  ['{"version":1,"name":"x","passes":[{"pass":3}]}', '“passes.0.pass” is 3, and must be of type string.'],
  ['[]', 'is not a recipe. What it holds is [], and must be of type object.'],
])('says what is wrong with %s', (text, message) => {
  expect(() => parseRecipe(text, 'a.json')).toThrow(
    expect.objectContaining({ kind: 'invalid-input', message: expect.stringContaining(message) }),
  );
});
