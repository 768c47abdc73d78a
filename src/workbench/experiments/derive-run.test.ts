import { expect, test } from 'vitest';
import { caseSettingsSchema } from '#shared/case.ts';
import type { Parity } from '#shared/run.ts';
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
const plan = { seed: 1, scenarios: [] };

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
