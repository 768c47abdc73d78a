import { expect, it } from 'vitest';
import type { PassDescriptor } from '#shared/recipe.ts';
import { draftOf, emptyDraft, moveStep, newStep, recipeOf, removeStep } from './recipe-draft.ts';

const passes: PassDescriptor[] = [
  {
    pass: 'shrink',
    title: 'Shrink',
    summary: '',
    goodFor: '',
    needsCalibration: false,
    settingsSchema: { type: 'object', properties: { by: { type: 'integer', default: 2 } } },
  },
  { pass: 'fold', title: 'Fold', summary: '', goodFor: '', needsCalibration: false, settingsSchema: {} },
];

it('fills in defaults and gives the recipe back', () => {
  const draft = draftOf({ version: 1, name: 'small', passes: [{ pass: 'shrink', settings: {} }] }, passes);
  expect(recipeOf(draft)).toEqual({ version: 1, name: 'small', passes: [{ pass: 'shrink', settings: { by: 2 } }] });
});

it('moves and removes steps', () => {
  const draft = { name: 'x', steps: ['shrink', 'fold', 'shrink'].map((pass) => newStep(pass, passes)) };
  expect(moveStep(draft, 1, -1).steps.map(({ pass }) => pass)).toEqual(['fold', 'shrink', 'shrink']);
  expect(moveStep(draft, 1, 1).steps.map(({ pass }) => pass)).toEqual(['shrink', 'shrink', 'fold']);
  expect(removeStep(draft, 0).steps.map(({ pass }) => pass)).toEqual(['fold', 'shrink']);
});

it.each([
  [emptyDraft, 'no pass'],
  [{ name: ' ', steps: [newStep('fold', passes)] }, 'no name'],
])('refuses a recipe that is not whole', (draft, message) => {
  expect(() => recipeOf(draft)).toThrow(message);
});
