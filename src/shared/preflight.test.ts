import { describe, expect, test } from 'vitest';
import { type EstimatedPlan, estimateScenarioSeconds, estimateSeconds } from './preflight.ts';
import { scenarioPlanSchema } from './scenarios/scenario.ts';

const plan: EstimatedPlan = {
  timeBudgetSeconds: 20,
  stopEarly: true,
  idleSeconds: [],
  idleRepeats: 3,
  sustainedSeconds: 0,
  compareArena: false,
  scenarios: [],
  caseProviders: ['node:cpu', 'node:cpu'],
  batchCount: 1,
  coreCount: 2,
};

describe('the time of an experiment', () => {
  test.each<[string, Partial<EstimatedPlan>, { low: number; high: number }]>([
    ['one that is decided at the first of its looks', {}, { low: 8, high: 32 }],
    ['one that uses its time', { stopEarly: false }, { low: 22, high: 32 }],
    ['nothing to compare', { caseProviders: ['node:cpu'] }, { low: 21, high: 26 }],
    ['two batch sizes of one model, which are not compared', { batchCount: 2 }, { low: 22, high: 32 }],
    ['a browser for each case', { caseProviders: ['web:wasm', 'web:wasm'] }, { low: 8, high: 44 }],
    [
      'the arena of cases on the CPU',
      { caseProviders: ['node:cpu', 'node:webgpu'], compareArena: true },
      { low: 8.3, high: 35 },
    ],
    ['what follows the blocks of each case', { idleSeconds: [1, 2], sustainedSeconds: 5 }, { low: 36, high: 60 }],
  ])('%s', (_what, changes, expected) => {
    const { low, high } = estimateSeconds({ ...plan, ...changes });
    expect(low).toBeCloseTo(expected.low);
    expect(high).toBeCloseTo(expected.high);
  });

  test('is that of every kind of scenario too, of which none but the single stream is free', () => {
    for (const kind of ['multi-stream', 'offline', 'server'] as const) {
      const scenarios = [scenarioPlanSchema.parse({ kind })];
      const longer = estimateSeconds({ ...plan, scenarios });
      const without = estimateSeconds(plan);
      expect(longer.low).toBeGreaterThan(without.low);
      expect(longer.high - without.high).toBeCloseTo(estimateScenarioSeconds({ ...plan, scenarios }).high);
    }
    expect(estimateScenarioSeconds({ ...plan, scenarios: [{ kind: 'single-stream' }] })).toEqual({ low: 0, high: 0 });
  });

  test('holds no scenario that is not measured', () => {
    const scenarios = [scenarioPlanSchema.parse({ kind: 'server' }), scenarioPlanSchema.parse({ kind: 'offline' })];
    expect(estimateScenarioSeconds({ ...plan, scenarios, caseProviders: ['web:wasm'] })).toEqual({ low: 0, high: 0 });
    const offline = scenarios.slice(1);
    const once = estimateScenarioSeconds({ ...plan, scenarios: offline, caseProviders: ['node:cpu'] });
    const batches = { ...plan, scenarios: offline, caseProviders: ['node:cpu', 'node:cpu'] as const, batchCount: 2 };
    expect(estimateScenarioSeconds(batches)).toEqual(once);
  });
});
