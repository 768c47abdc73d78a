/** The JSON Schema (draft 2020-12) of a recipe file, with the settings of every pass that this Whittle has. */
import { z } from 'zod';
import type { JsonObject } from './json.ts';
import { type PassDescriptor, recipeSchema } from './recipe.ts';

export function recipeJsonSchema(passes: readonly PassDescriptor[]): JsonObject {
  const schema = z.toJSONSchema(recipeSchema, { io: 'input' }) as JsonObject;
  const properties = schema['properties'] as Record<string, JsonObject>;
  return {
    ...schema,
    title: 'Recipe of Whittle',
    description: 'Passes that are applied to an ONNX model one after the other.',
    properties: {
      $schema: { type: 'string' },
      ...properties,
      passes: { ...properties['passes'], items: { oneOf: passes.map(stepSchema) } },
    },
  };
}

function stepSchema({ pass, title, summary, settingsSchema }: PassDescriptor): JsonObject {
  const { $schema: _draft, ...settings } = settingsSchema;
  return {
    type: 'object',
    title,
    description: summary,
    properties: { pass: { const: pass }, settings },
    required: ['pass'],
    additionalProperties: false,
  };
}
