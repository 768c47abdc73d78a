import { expect, it } from 'vitest';
import type { BlockContext } from '#shared/block-context.ts';
import { deriveScenario, type ScenarioPlanInput, scenarioPlanSchema } from '#shared/scenarios/scenario.ts';
import { scenarioSentences } from '#shared/text/scenario-text.ts';
import { serveVirtually } from '../../../../tests/fakes/fake-instances.ts';
import { fakeScenarioContext } from '../../../../tests/fakes/scenario-context.ts';
import { scenarios } from './registry.ts';

const meanwhile = (otherCores: number): BlockContext => ({
  wallMs: 1000,
  readingMs: 0.1,
  usage: null,
  otherCores,
  stolenCores: 0,
  cpuPressure: null,
  memoryPressure: null,
  clockMegahertz: null,
  throttleCount: null,
  isOnBattery: null,
});

async function measure(input: ScenarioPlanInput, otherCores: number) {
  const plan = scenarioPlanSchema.parse(input);
  const { context, blocks } = fakeScenarioContext(
    (method, params) => {
      if (method === 'instances.serve') return serveVirtually(params, { serviceMs: () => 2, instanceCount: 1 });
      if (method === 'session.warmUp') return { lastRunMs: 2 };
      return { startedAtMs: 1, samplesMs: new Float64Array(500).fill(2), usage: null };
    },
    { watch: { start: () => () => meanwhile(otherCores) } },
  );
  await (scenarios[plan.kind] as (typeof scenarios)['server']).measure(plan as never, context);
  const state = { status: 'completed', error: null } as const;
  const outcome = deriveScenario(plan, { state, blocks, runBlocksMs: () => [], batchSize: 1 });
  return { blocks, outcome };
}

it.each<ScenarioPlanInput>([
  { kind: 'multi-stream' },
  { kind: 'offline', batchSizes: [1], instanceCounts: [1], timeLimitSeconds: 10 },
  { kind: 'server', latencyBoundMs: 20, timeLimitSeconds: 30 },
])('the machine is watched in every block of $kind, and what disturbed it is said', async (plan) => {
  const busy = await measure(plan, 0.5);
  expect(busy.blocks.map(({ facts }) => facts.context?.otherCores)).toEqual(busy.blocks.map(() => 0.5));
  expect(busy.outcome.disturbances).toMatchObject([{ kind: 'other-load' }]);
  expect(scenarioSentences(busy.outcome).join(' ')).toContain('Other programs kept 0.5 cores busy');
  const quiet = await measure(plan, 0.01);
  expect(quiet.outcome.result).not.toBeNull();
  expect(quiet.outcome.disturbances).toBeUndefined();
});
