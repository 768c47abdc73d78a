import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { JsonObject } from '#shared/json.ts';
import { labelOf, settingFieldsOf, settingsWithDefaults } from './settings-fields.ts';

const schema = z.toJSONSchema(
  z.strictObject({
    perChannel: z.boolean().default(true).describe('One scale for each output channel.'),
    weightType: z.enum(['int8', 'uint8']).default('int8'),
    operators: z
      .array(z.enum(['MatMul', 'Conv']))
      .min(1)
      .default(['MatMul']),
    exclude: z.array(z.string()).default([]),
    minimumElements: z.int().min(0).max(1000).default(256),
    percentile: z.number().min(50).max(100).nullable().default(null),
    prefix: z.string().default('q_'),
    ranges: z.record(z.string(), z.number()).default({}),
    bits: z.union([z.literal(4), z.literal(8)]).default(4),
    scheme: z.enum(['a', 'b']).nullable().default(null),
    symmetric: z.boolean().nullable().default(null),
    only: z.string().nullable().default(null),
    search: z.strictObject({ steps: z.int().default(8) }).prefault({}),
    batches: z.array(z.int().min(1).max(64)).default([1, 8]),
    counts: z.array(z.int().min(1).max(64)).nullable().default(null),
    overrides: z
      .array(z.strictObject({ nodes: z.string().default('*'), bits: z.enum(['4', '8']).default('8') }))
      .default([]),
  }),
  { io: 'input' },
) as JsonObject;

describe('settingFieldsOf', () => {
  it('finds a field of the right kind for each setting, in order', () => {
    expect(settingFieldsOf(schema).map(({ name, kind }) => [name, kind])).toEqual([
      ['perChannel', 'boolean'],
      ['weightType', 'choice'],
      ['operators', 'choices'],
      ['exclude', 'words'],
      ['minimumElements', 'number'],
      ['percentile', 'number'],
      ['prefix', 'text'],
      ['ranges', 'json'],
      ['bits', 'choice'],
      ['scheme', 'choice'],
      ['symmetric', 'choice'],
      ['only', 'text'],
      ['search', 'group'],
      ['batches', 'numbers'],
      ['counts', 'numbers'],
      ['overrides', 'list'],
    ]);
  });

  it('keeps ranges, options, defaults and descriptions', () => {
    const fields = Object.fromEntries(settingFieldsOf(schema).map((field) => [field.name, field]));
    expect(fields['perChannel']).toMatchObject({ default: true, description: 'One scale for each output channel.' });
    expect(fields['operators']).toMatchObject({ options: ['MatMul', 'Conv'], minimumCount: 1, default: ['MatMul'] });
    expect(fields['batches']).toMatchObject({ minimum: 1, maximum: 64, isInteger: true, isNullable: false });
    expect(fields['counts']).toMatchObject({ minimum: 1, maximum: 64, isNullable: true, default: null });
    expect(fields['bits']).toMatchObject({
      options: [
        { label: '4', value: 4 },
        { label: '8', value: 8 },
      ],
    });
    expect(fields['scheme']).toMatchObject({
      options: [
        { label: 'a', value: 'a' },
        { label: 'b', value: 'b' },
        { label: 'Chosen for you', value: null },
      ],
    });
    expect(fields['symmetric']).toMatchObject({ options: [{ value: true }, { value: false }, { value: null }] });
    expect(fields['search']).toMatchObject({
      fields: [{ name: 'steps', kind: 'number', default: 8 }],
      default: { steps: 8 },
    });
    expect(fields['overrides']).toMatchObject({
      fields: [
        { name: 'nodes', default: '*' },
        { name: 'bits', kind: 'choice' },
      ],
    });
    expect(fields['minimumElements']).toMatchObject({ isInteger: true, minimum: 0, maximum: 1000, isNullable: false });
    expect(fields['percentile']).toMatchObject({ isInteger: false, minimum: 50, maximum: 100, isNullable: true });
  });

  it('has no fields for a pass without settings', () => {
    expect(settingFieldsOf(z.toJSONSchema(z.strictObject({})) as JsonObject)).toEqual([]);
  });
});

it('starts a form with every default, overridden by what is set', () => {
  expect(settingsWithDefaults(schema, { weightType: 'uint8' })).toMatchObject({
    perChannel: true,
    weightType: 'uint8',
    minimumElements: 256,
    percentile: null,
  });
});

it.each([
  ['perChannel', 'Per channel'],
  ['block_operators', 'Block operators'],
  ['percentile', 'Percentile'],
  ['leastSqnrDb', 'Least SQNR (dB)'],
  ['latencyBoundMs', 'Latency bound (ms)'],
  ['timeLimitSeconds', 'Time limit (s)'],
])('calls %s “%s”', (name, label) => expect(labelOf(name)).toBe(label));
