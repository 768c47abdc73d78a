import { expect, test } from 'vitest';
import { createKeptPlan } from './kept-plan.ts';

test('what was changed is found again, with the models that it began with', () => {
  const plan = createKeptPlan();
  expect(plan.find([])).toEqual({ requestedIds: [], changes: {} });
  plan.keep({ requestedIds: ['a', 'b'], changes: { sustainedSeconds: 60 } });
  for (const requested of [[], ['a', 'b']]) {
    expect(plan.find(requested)).toEqual({ requestedIds: ['a', 'b'], changes: { sustainedSeconds: 60 } });
  }
});

test('whoever is sent with other models begins with nothing changed, and loses nothing by looking', () => {
  const plan = createKeptPlan();
  plan.keep({ requestedIds: ['a'], changes: { name: 'mine' } });
  expect(plan.find(['c'])).toEqual({ requestedIds: ['c'], changes: {} });
  expect(plan.find([]).changes).toEqual({ name: 'mine' });
});

test('a plan that was given up is not found again', () => {
  const plan = createKeptPlan();
  plan.keep({ requestedIds: ['a'], changes: { name: 'mine' } });
  plan.forget();
  expect(plan.find([])).toEqual({ requestedIds: [], changes: {} });
});
