import { expect, test } from 'vitest';
import { caseSettingsSchema, expandPlan, experimentPlanSchema } from '#shared/case.ts';
import { baselineOf } from './baseline-of.ts';

const [first, second] = ['a'.repeat(64), 'b'.repeat(64)];

test('models are compared with the first one under the same conditions, and the first ones with the very first', () => {
  const plan = experimentPlanSchema.parse({
    variantIds: [first, second],
    providers: ['node:cpu', 'node:webgpu'],
    intraOpThreads: [1, 2],
  });
  const runs = expandPlan(plan).map((item, index) => ({ ...item, id: String(index) }));
  expect(runs.map((run) => [run.id, baselineOf(runs, run)?.id ?? null])).toEqual([
    ['0', null],
    ['1', '0'],
    ['2', '0'],
    ['3', '2'],
    ['4', '0'],
    ['5', '4'],
    ['6', '0'],
    ['7', '6'],
  ]);
});

test('nothing is compared across batch sizes', () => {
  const plan = experimentPlanSchema.parse({ variantIds: [first], providers: ['node:cpu'], batchSizes: [1, 8] });
  const runs = expandPlan(plan).map((item, index) => ({ ...item, id: String(index) }));
  expect(runs.map((run) => baselineOf(runs, run))).toEqual([null, null]);
});

test('the same model named twice is compared with itself', () => {
  const settings = caseSettingsSchema.parse({});
  const runs = ['x', 'y'].map((id) => ({ id, provider: 'node:cpu' as const, settings }));
  expect(baselineOf(runs, runs[1] as (typeof runs)[number])?.id).toBe('x');
});
