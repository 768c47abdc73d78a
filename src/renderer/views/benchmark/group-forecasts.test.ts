import { expect, test } from 'vitest';
import { caseSettingsSchema } from '#shared/case.ts';
import type { Preflight, PreflightCase } from '#shared/preflight.ts';
import { groupForecasts } from './group-forecasts.ts';

const input = (name: string) => ({
  name,
  dtype: 'float32',
  shape: [1],
  source: '',
  lowest: null,
  highest: null,
  assumed: [],
});

function caseOf(variantId: string, inputs: string[], changes: { batchSize?: number; refusal?: string } = {}) {
  const { batchSize = 1, refusal } = changes;
  return {
    variantId,
    name: variantId,
    provider: 'node:cpu',
    settings: caseSettingsSchema.parse({ batchSize }),
    verdict: 'ready',
    findings: refusal === undefined ? [] : [{ kind: 'inputs', severity: 'fails', message: refusal }],
    inputs: inputs.map(input),
    placement: null,
    memory: null,
  } satisfies PreflightCase;
}

const preflightOf = (cases: PreflightCase[]): Preflight => ({ cases, estimatedSeconds: { low: 1, high: 2 } });

test('models that run on the same are told together, those that refuse it by why, and no model twice', () => {
  const { batchSize, groups } = groupForecasts(
    preflightOf([
      caseOf('a', ['x']),
      caseOf('b', ['x']),
      caseOf('c', ['y']),
      caseOf('d', [], { refusal: 'No array.' }),
      caseOf('e', []),
      caseOf('a', ['x'], { batchSize: 8 }),
      caseOf('a', ['x']),
    ]),
  );
  expect(batchSize).toBe(1);
  expect(groups.map(({ names, inputs, refusal }) => [names, inputs.map(({ name }) => name), refusal])).toEqual([
    [['a', 'b'], ['x'], null],
    [['c'], ['y'], null],
    [['d'], [], 'No array.'],
  ]);
});
