import { describe, expect, test } from 'vitest';
import type { Recipe } from '#shared/recipe.ts';
import { passDescriptorSchema, presetSchema } from '#shared/recipe.ts';
import { recipeCatalog } from './catalog.ts';
import { saturatesInt8 } from './choose-reduced-range.ts';
import { DYNAMIC_OPERATORS } from './passes/quantize-dynamic.ts';
import { validateRecipe } from './validate-recipe.ts';

const recipeOf = (pass: string, settings: Recipe['passes'][number]['settings'] = {}): Recipe => ({
  version: 1,
  name: 'test',
  passes: [{ pass, settings }],
});

test('defaults are filled in, and what is given stays', () => {
  const [step] = validateRecipe(recipeOf('quantize-dynamic', { weightType: 'uint8' })).passes;
  expect(step?.settings).toMatchObject({
    weightType: 'uint8',
    perChannel: true,
    operators: ['MatMul', 'Gemm', 'LSTM', 'Attention'],
  });
});

describe('what is not valid is refused with a sentence that names it', () => {
  test.each<[Recipe, string]>([
    [recipeOf('shrink'), 'There is no pass “shrink”; there are float16, bfloat16, quantize-static, quantize-dynamic'],
    [
      recipeOf('quantize-dynamic', { weightType: 'int4' }),
      'The setting “weightType” of the pass “quantize-dynamic” is "int4", and must be one of "int8", "uint8".',
    ],
    [
      recipeOf('quantize-weights', { bits: 3 }),
      'The setting “bits” of the pass “quantize-weights” is 3, and must be one of 2, 4, 8.',
    ],
    [
      recipeOf('quantize-weights', { blockSize: '32' }),
      'The setting “blockSize” of the pass “quantize-weights” is "32", and must be one of 16, 32, 64, 128, 256.',
    ],
    [
      recipeOf('quantize-dynamic', { minimumElements: -1 }),
      'The setting “minimumElements” of the pass “quantize-dynamic” is -1, and must be 0 or more.',
    ],
    [
      recipeOf('quantize-dynamic', { operators: [] }),
      'The setting “operators” of the pass “quantize-dynamic” is [], and must be at least 1 long.',
    ],
    [
      recipeOf('float16', { keepInputsOutputs: 'yes' }),
      'The setting “keepInputsOutputs” of the pass “float16” is "yes", and must be of type boolean.',
    ],
    [
      recipeOf('float16', { bits: 16 }),
      'The pass “float16” has no setting “bits”; it has keepInputsOutputs, blockOperators, blockNodes, scan.',
    ],
  ])('%j', (recipe, message) => {
    expect(() => validateRecipe(recipe)).toThrow(message);
  });
});

test('the catalogue describes each pass and preset for forms and people', () => {
  const { passes, presets } = recipeCatalog();
  for (const pass of passes) {
    passDescriptorSchema.parse(pass);
    for (const property of Object.values((pass.settingsSchema['properties'] ?? {}) as Record<string, object>)) {
      expect(property).toMatchObject({ default: expect.anything(), description: expect.stringMatching(/\.$/) });
    }
  }
  for (const preset of presets) {
    presetSchema.parse(preset);
    expect(validateRecipe(preset.recipe)).toEqual(preset.recipe);
  }
});

test('only x86 without VNNI saturates', () => {
  expect(saturatesInt8(['avx2', 'fma'])).toBe(true);
  expect(saturatesInt8(['avx2', 'avx-vnni'])).toBe(false);
  expect(saturatesInt8(['avx512f', 'avx512-vnni'])).toBe(false);
  expect(saturatesInt8(['neon', 'neon-dotprod'])).toBe(false);
  expect(saturatesInt8([])).toBe(false);
});

test('the preset for the smallest file without data takes every operator that dynamic quantization knows', () => {
  const preset = recipeCatalog().presets.find(({ id }) => id === 'dynamic-int8-all');
  const settings = preset?.recipe.passes.find(({ pass }) => pass === 'quantize-dynamic')?.settings;
  expect(settings?.['operators']).toEqual([...DYNAMIC_OPERATORS]);
});
