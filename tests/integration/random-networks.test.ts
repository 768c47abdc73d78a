/** What holds of every recipe, on a few random networks; `bench/fuzz-passes.ts` tries as many as there is time for. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTemporaryFolder, removeFolder } from '../fakes/test-workbench.ts';
import { checkRecipe } from '../fuzz/check-recipe.ts';
import { modelDraws } from '../fuzz/random-model.ts';
import { recipes } from '../fuzz/random-recipes.ts';

let folder: string;
beforeAll(() => {
  folder = createTemporaryFolder();
  mkdirSync(join(folder, 'made'));
});
afterAll(() => removeFolder(folder));

test('what a recipe makes is smaller, runs like its parent and is as near to it as was told, or nothing is kept', async () => {
  const kinds: string[] = [];
  await fc.assert(
    fc.asyncProperty(modelDraws, recipes, async (draw, recipe) => {
      kinds.push((await checkRecipe(draw, recipe, folder)).kind);
    }),
    { numRuns: 15, seed: 1 },
  );
  // To refuse everything would always be right.
  expect(kinds.filter((kind) => kind === 'made').length).toBeGreaterThan(2);
});
