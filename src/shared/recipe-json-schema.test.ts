import { expect, it } from 'vitest';
import { recipeJsonSchema } from './recipe-json-schema.ts';

const shrink = {
  pass: 'shrink',
  title: 'Shrink',
  summary: 'Makes it smaller.',
  goodFor: '',
  needsCalibration: false,
  settingsSchema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { by: { type: 'integer', default: 2 } },
    additionalProperties: false,
  },
};

it('has the settings of each pass under its name, and says which version it is', () => {
  const schema = recipeJsonSchema([shrink, { ...shrink, pass: 'fold', settingsSchema: { type: 'object' } }]);
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    required: expect.arrayContaining(['version', 'name', 'passes']),
    properties: {
      version: { const: 1 },
      passes: {
        type: 'array',
        minItems: 1,
        items: {
          oneOf: [
            {
              properties: {
                pass: { const: 'shrink' },
                settings: { properties: { by: { type: 'integer', default: 2 } }, additionalProperties: false },
              },
              required: ['pass'],
            },
            { properties: { pass: { const: 'fold' } } },
          ],
        },
      },
    },
  });
  expect(JSON.stringify(schema).match(/\$schema/g)).toHaveLength(2);
});
