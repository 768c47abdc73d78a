import { describe, expect, it } from 'vitest';
import { exampleScenarios } from '../../../tests/fakes/example-scenarios.ts';
import { experimentPlanSchema } from '../case.ts';
import { type ScenarioPlanInput, scenarioOutcomeSchema, scenarioPlanSchema, scenarioSeconds } from './scenario.ts';

const planned = (scenarios: unknown) =>
  experimentPlanSchema.safeParse({ variantIds: ['a'.repeat(64)], providers: ['node:cpu'], scenarios });

describe('a plan with scenarios', () => {
  it('asks for none by itself, so that plans of older versions mean what they meant', () => {
    expect(planned(undefined).data?.scenarios).toEqual([]);
  });

  it('needs no more than the kind', () => {
    expect(planned([{ kind: 'server' }, { kind: 'offline' }]).data?.scenarios).toEqual([
      {
        kind: 'server',
        latencyBoundMs: null,
        boundFactor: 5,
        percentile: 0.99,
        instanceCount: 1,
        confidence: 0.95,
        timeLimitSeconds: 120,
      },
      { kind: 'offline', batchSizes: [1, 8, 32], instanceCounts: null, timeLimitSeconds: 60 },
    ]);
  });

  it.each([
    ['a scenario twice', [{ kind: 'server' }, { kind: 'server', latencyBoundMs: 3 }]],
    ['one that does not exist', [{ kind: 'closed-loop' }]],
    ['a setting of another scenario', [{ kind: 'offline', latencyBoundMs: 20 }]],
    ['a bound of no time', [{ kind: 'server', latencyBoundMs: 0 }]],
  ])('is refused with %s', (_what, scenarios) => {
    expect(planned(scenarios).success).toBe(false);
  });
});

it.each<[ScenarioPlanInput[], number]>([
  [[], 0],
  [[{ kind: 'single-stream' }], 0],
  // Each with the loading of its process.
  [[{ kind: 'multi-stream', timeLimitSeconds: 10 }], 12],
  // 1, 2, 4 and 6 instances with three batch sizes: twelve processes.
  [[{ kind: 'offline', timeLimitSeconds: 40 }], 64],
  [[{ kind: 'offline', timeLimitSeconds: 40, batchSizes: [1], instanceCounts: [1, 2] }], 44],
  // Loading has 30 seconds at most, or as many as measuring.
  [[{ kind: 'offline', timeLimitSeconds: 10, instanceCounts: [1, 2, 3, 4, 5, 6] }], 40],
  // Two seconds for the capacity, and arrivals may be late.
  [[{ kind: 'server', timeLimitSeconds: 100 }], 124],
  [
    [
      { kind: 'server', timeLimitSeconds: 100, latencyBoundMs: 500 },
      { kind: 'multi-stream', timeLimitSeconds: 10 },
    ],
    136.5,
  ],
])('%j may take %f seconds on six cores', (plans, expected) => {
  const scenarios = plans.map((plan) => scenarioPlanSchema.parse(plan));
  expect(scenarioSeconds(scenarios, 6)).toBeCloseTo(expected);
});

it('every kind of scenario has a plan, and a result that keeps its form on the way through JSON', () => {
  const kinds = scenarioPlanSchema.options.map((option) => option.shape.kind.value);
  expect(exampleScenarios.map(({ kind }) => kind)).toEqual(kinds);
  for (const outcome of exampleScenarios) {
    expect(scenarioOutcomeSchema.parse(JSON.parse(JSON.stringify(outcome)))).toEqual(outcome);
  }
});
