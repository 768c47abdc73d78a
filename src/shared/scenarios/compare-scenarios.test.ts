import { expect, test } from 'vitest';
import { exampleScenarios } from '../../../tests/fakes/example-scenarios.ts';
import { compareScenarios } from './compare-scenarios.ts';
import type { CallTimes } from './scenario-parts.ts';
import type { ScenarioKind, ScenarioOutcome } from './scenario.ts';

type Estimate = { estimate: number; ciLow: number | null; ciHigh: number | null };

const scaled = (estimate: Estimate, factor: number): Estimate => ({
  estimate: estimate.estimate * factor,
  ciLow: estimate.ciLow && estimate.ciLow * factor,
  ciHigh: estimate.ciHigh && estimate.ciHigh * factor,
});

/** The example on a machine that takes `factor` times as long. */
function slowed(factor: number): ScenarioOutcome[] {
  const calls = (callMs: CallTimes) =>
    Object.fromEntries(Object.entries(callMs).map(([name, time]) => [name, time && scaled(time, factor)])) as CallTimes;
  return exampleScenarios.map((outcome): ScenarioOutcome => {
    if (outcome.result === null) return outcome;
    switch (outcome.kind) {
      case 'single-stream':
        return { ...outcome, result: { ...outcome.result, callMs: calls(outcome.result.callMs) } };
      case 'multi-stream':
        return { ...outcome, result: { ...outcome.result, callMs: calls(outcome.result.callMs) } };
      case 'offline': {
        const points = outcome.result.points.map((point) => ({
          ...point,
          itemsPerSecond: scaled(point.itemsPerSecond, 1 / factor),
        }));
        return { ...outcome, result: { ...outcome.result, points } };
      }
      case 'server': {
        const { ratePerSecond, failsAtPerSecond } = outcome.result;
        const rates = {
          ratePerSecond: ratePerSecond && ratePerSecond / factor,
          failsAtPerSecond: failsAtPerSecond && failsAtPerSecond / factor,
        };
        return { ...outcome, result: { ...outcome.result, ...rates } };
      }
    }
  });
}

const verdicts = (repeats: readonly ScenarioOutcome[]) =>
  Object.fromEntries(compareScenarios(exampleScenarios, repeats).map(({ kind, verdict }) => [kind, verdict]));

test.each([
  [1, 'inside'],
  [1.01, 'inside'],
  [1.5, 'outside'],
  [0.5, 'outside'],
] as const)('times %s times as long: %s', (factor, verdict) => {
  expect(verdicts(slowed(factor))).toEqual({
    'single-stream': verdict,
    'multi-stream': verdict,
    offline: verdict,
    server: verdict,
  });
});

test('a difference that is smaller than the plan cares for is inside, but rates have to overlap', () => {
  const judged = compareScenarios(exampleScenarios, slowed(1.5), 0.6);
  expect(judged.map(({ kind, verdict }) => [kind, verdict])).toEqual([
    ['single-stream', 'inside'],
    ['multi-stream', 'inside'],
    ['offline', 'inside'],
    ['server', 'outside'],
  ]);
});

test('a latency is judged by the percentile that LoadGen names, or by the median where it has no interval', () => {
  const statistics = compareScenarios(exampleScenarios, exampleScenarios).flatMap((item) =>
    'statistic' in item ? [[item.kind, item.statistic]] : [],
  );
  expect(statistics).toEqual([
    ['single-stream', 'p90'],
    ['multi-stream', 'median'],
  ]);
});

test('throughput is judged at what was the best point, whichever is the best now', () => {
  const repeat = exampleScenarios.map((outcome) =>
    outcome.kind === 'offline' && outcome.result !== null
      ? { ...outcome, result: { ...outcome.result, points: outcome.result.points.toReversed() } }
      : outcome,
  );
  expect(compareScenarios(exampleScenarios, repeat).find(({ kind }) => kind === 'offline')).toMatchObject({
    batchSize: 8,
    instanceCount: 2,
    original: { estimate: 392 },
    repeat: { estimate: 392 },
  });
});

test.each<[string, [number | null, number | null], [number | null, number | null], string]>([
  ['that touch', [100, 120], [120, 150], 'inside'],
  ['apart', [100, 120], [121, 150], 'outside'],
  ['without an upper end', [100, null], [500, 600], 'inside'],
  ['of which one has no rate that held', [100, 120], [null, 90], 'outside'],
  ['of which one decided nothing', [100, 120], [null, null], 'unknown'],
])('rates %s', (_, before, after, expected) => {
  const server = (rates: [number | null, number | null]): ScenarioOutcome[] =>
    exampleScenarios.flatMap((outcome) =>
      outcome.kind === 'server' && outcome.result !== null
        ? [{ ...outcome, result: { ...outcome.result, ratePerSecond: rates[0], failsAtPerSecond: rates[1] } }]
        : [],
    );
  expect(compareScenarios(server(before), server(after))).toMatchObject([{ kind: 'server', verdict: expected }]);
});

test('what the repeat has no result of is unknown, and what the original has none of is left out', () => {
  const none = exampleScenarios.map((outcome) => ({ ...outcome, result: null })) as ScenarioOutcome[];
  const kinds: ScenarioKind[] = ['single-stream', 'multi-stream', 'offline', 'server'];
  expect(verdicts(none)).toEqual(Object.fromEntries(kinds.map((kind) => [kind, 'unknown'])));
  expect(compareScenarios(none, exampleScenarios)).toEqual([]);
});
