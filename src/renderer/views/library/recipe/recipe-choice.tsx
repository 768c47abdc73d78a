import { Radio, Text } from '@mantine/core';
import type { Preset, SavedRecipe } from '#shared/recipe.ts';
import { rankRecipes } from '#shared/suitability/suit-recipe.ts';
import type { SuitabilityFacts } from '#shared/suitability/suitability.ts';
import { RecipeCard } from './recipe-card.tsx';
import classes from './recipe-choice.module.css';
import { SavedRecipeMenu } from './saved-recipe-menu.tsx';

export const CUSTOM = 'custom';

/** Presets, the best for the model and the device first; the user's own recipes; or one made for the occasion. */
export function RecipeChoice(props: {
  presets: readonly Preset[];
  saved: readonly SavedRecipe[];
  /** Null when it is not known what device this is: then the order is that of the catalogue. */
  facts: SuitabilityFacts | null;
  /** Null: the first. */
  chosenId: string | null;
  onChoose: (id: string) => void;
}) {
  const { presets, saved, facts, chosenId, onChoose } = props;
  const rankedPresets = facts
    ? rankRecipes(presets, facts)
    : presets.map((preset) => ({ ...preset, suitability: null }));
  const rankedSaved = facts ? rankRecipes(saved, facts) : saved.map((recipe) => ({ ...recipe, suitability: null }));
  return (
    <Radio.Group
      value={chosenId ?? rankedPresets[0]?.id ?? CUSTOM}
      onChange={onChoose}
      label="What to do"
      labelProps={{ mb: 6, fw: 600 }}
    >
      <div className={classes['cards']}>
        {rankedPresets.map(({ id, title, summary, goodFor, suitability }) => (
          <RecipeCard key={id} value={id} title={title} summary={summary} goodFor={goodFor} suitability={suitability} />
        ))}
        <RecipeCard
          value={CUSTOM}
          title="Custom"
          summary="Choose the passes, their order and their settings yourself, or import a recipe."
          goodFor="When you know what the target needs."
          suitability={null}
        />
      </div>
      {rankedSaved.length === 0 ? null : (
        <>
          <Text fw={600} mt="sm" mb={6}>
            Your recipes
          </Text>
          <div className={classes['cards']}>
            {rankedSaved.map(({ suitability, ...recipe }) => (
              <RecipeCard
                key={recipe.id}
                value={recipe.id}
                title={recipe.name}
                summary={recipe.recipe.passes.map(({ pass }) => pass).join(', then ')}
                goodFor={null}
                suitability={suitability}
                actions={<SavedRecipeMenu saved={recipe} />}
              />
            ))}
          </div>
        </>
      )}
    </Radio.Group>
  );
}

/** The recipe that is in force, whichever way it is called. */
export function bestPreset(presets: readonly Preset[], facts: SuitabilityFacts | null): Preset | undefined {
  return facts ? rankRecipes(presets, facts)[0] : presets[0];
}
