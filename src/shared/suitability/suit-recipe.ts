import type { Recipe } from '../recipe.ts';
import { judgePass } from './pass-rules.ts';
import type { Suitability, SuitabilityFacts } from './suitability.ts';

const ORDER: readonly Suitability['level'][] = ['recommended', 'possible', 'unlikely'];

/** Recipes of passes that only prepare for others. */
const NO_JUDGEMENT: Suitability = {
  level: 'possible',
  reason: 'Nothing speaks for or against it on this device.',
};

/** A recipe suits as well as its least suitable pass. */
export function suitRecipe(recipe: Recipe, facts: SuitabilityFacts): Suitability {
  const judge = (steps: Recipe['passes']): Suitability[] =>
    steps.flatMap(({ pass, settings }) => judgePass(pass, settings, facts) ?? []);
  // Storing what is left in 16 bits changes nothing of how the rest of the recipe computes.
  const others = judge(recipe.passes.filter(({ pass }) => pass !== 'bfloat16'));
  const verdicts = others.length > 0 ? others : judge(recipe.passes);
  return verdicts.toSorted((a, b) => ORDER.indexOf(b.level) - ORDER.indexOf(a.level))[0] ?? NO_JUDGEMENT;
}

/** The best first; among equals the order stays. */
export function rankRecipes<Item extends { recipe: Recipe }>(
  items: readonly Item[],
  facts: SuitabilityFacts,
): (Item & { suitability: Suitability })[] {
  return items
    .map((item) => ({ ...item, suitability: suitRecipe(item.recipe, facts) }))
    .toSorted((a, b) => ORDER.indexOf(a.suitability.level) - ORDER.indexOf(b.suitability.level));
}
