import { describe, expect, test } from 'vitest';
import { type Case, caseSettingsSchema, experimentPlanSchema, expandPlan } from './case.ts';
import { completeConditionText, conditionText, planSettingsText } from './text/case-text.ts';

const [a, b] = ['a'.repeat(64), 'b'.repeat(64)] as [string, string];

describe('a plan', () => {
  test('of an earlier version still says the same', () => {
    const stored = {
      variantIds: [a],
      providers: ['node:cpu'],
      settings: { graphOptimization: 'basic', cpuArena: false, dimensions: { height: 32 } },
    };
    const cases = expandPlan(experimentPlanSchema.parse(stored));
    expect(cases).toEqual([
      {
        variantId: a,
        provider: 'node:cpu',
        settings: caseSettingsSchema.parse({ graphOptimization: 'basic', cpuArena: false, dimensions: { height: 32 } }),
      },
    ]);
  });

  test('makes a case of every combination, all models of one condition side by side', () => {
    const plan = experimentPlanSchema.parse({
      variantIds: [a, b],
      providers: ['node:cpu', 'node:webgpu'],
      sweeps: { spinning: ['short', 'off'], cpuArena: [true, false] },
      providerOptions: { 'node:webgpu': [{}, { preferredLayout: 'NCHW' }] },
    });
    const cases = expandPlan(plan);
    expect(cases).toHaveLength(2 * 4 * (1 + 2));
    expect(cases.slice(0, 2).map(({ variantId }) => variantId)).toEqual([a, b]);
    const conditions = cases
      .filter(({ variantId }) => variantId === a)
      .map((item) => conditionText({ ...item, placement: [] }));
    expect(new Set(conditions).size).toBe(conditions.length);
    expect(conditions).toEqual(
      expect.arrayContaining([
        'node:cpu',
        'node:cpu, spinning = off, cpuArena = false',
        'node:webgpu, cpuArena = false, preferredLayout = NCHW',
      ]),
    );
  });

  test('is told in words', () => {
    const plan = experimentPlanSchema.parse({
      variantIds: [a],
      providers: ['node:webgpu'],
      settings: { cpuArena: false, spinning: 'default', sessionConfig: { 'session.disable_prepacking': '1' } },
      sweeps: { spinning: ['short', 'off'] },
      providerOptions: { 'node:webgpu': [{}, { forceCpuNodeNames: ['x', 'y'] }] },
    });
    expect(planSettingsText(plan)).toEqual([
      'cpuArena = false',
      'session.disable_prepacking = 1',
      'spinning = short and off',
      'node:webgpu with default options',
      'node:webgpu with forceCpuNodeNames = [x, y]',
    ]);
    const [first] = expandPlan(plan);
    expect(completeConditionText({ ...(first as Case), placement: [] })).toBe(
      'node:webgpu, default threads, batch 1, cpuArena = false, session.disable_prepacking = 1',
    );
  });

  test('refuses a setting that it does not know in a sweep', () => {
    expect(
      experimentPlanSchema.safeParse({ variantIds: [a], providers: ['node:cpu'], sweeps: { speed: [1] } }).success,
    ).toBe(false);
  });
});
