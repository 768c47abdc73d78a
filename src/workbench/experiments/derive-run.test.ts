import { expect, test } from 'vitest';
import { caseSettingsSchema } from '#shared/case.ts';
import type { Parity } from '#shared/run.ts';
import { scenarioPlanSchema } from '#shared/scenarios/scenario.ts';
import { exampleBlocks } from '../../../tests/fakes/example-content.ts';
import type { StoredRun } from '../store/run-rows.ts';
import type { Store } from '../store/store.ts';
import { createRunDeriver } from './derive-run.ts';

const blocks = exampleBlocks(2, { rounds: 10 });
const store = { runs: { blocks: () => blocks, countBlocks: () => blocks.length } } as unknown as Store;
const parity: Parity = {
  passed: true,
  cosine: 1,
  maxAbsoluteError: 0,
  toleranceRatio: 0,
  nonFiniteCount: 0,
  message: 'They agree.',
};
const run = { id: 'run', settings: caseSettingsSchema.parse({}), parity } as StoredRun;
const plan = { scenarios: [], smallestDifference: 0.01 };

test('a run whose results turned out wrong after it was measured shows no times, and keeps its samples', () => {
  const deriver = createRunDeriver(store);
  expect(deriver.derive(run, plan).latencyMs?.median).toBeCloseTo(2, 1);
  expect(deriver.derive({ ...run, parity: { ...parity, passed: false } }, plan)).toMatchObject({
    latencyMs: null,
    throughputPerSecond: null,
    stability: null,
    blockCount: 10,
  });
});

test('scenarios are those of the plan of which anything is stored, and none of a run with wrong results', () => {
  const block = {
    kind: 'multi-stream',
    startedAtMs: 1,
    facts: { itemsPerQuery: 8, runsPerQuery: 1 },
    samplesMs: Array.from({ length: 100 }, () => 4),
  } as const;
  const scenarios = {
    states: () => [{ kind: 'single-stream', status: 'completed', error: null }],
    blocks: () => [block],
    blocksMark: () => '1 until 1',
  };
  const deriver = createRunDeriver({ ...store, scenarios } as unknown as Store);
  const asked = ['single-stream', 'multi-stream', 'server'].map((kind) => scenarioPlanSchema.parse({ kind }));
  expect(deriver.derive(run, { ...plan, scenarios: asked }).scenarios).toMatchObject([
    { kind: 'single-stream', status: 'completed', result: { itemsPerQuery: 1, latencyMs: { count: 200 } } },
    // It was interrupted.
    { kind: 'multi-stream', status: 'pending', result: { latencyMs: { count: 100, p90: 4, p99: null } } },
  ]);
  const wrong = { ...run, parity: { ...parity, passed: false } };
  expect(deriver.derive(wrong, { ...plan, scenarios: asked }).scenarios).toBeUndefined();
});
