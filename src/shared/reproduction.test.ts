import { expect, test } from 'vitest';
import { exampleExperiment, threeVersions } from '../../tests/fakes/example-content.ts';
import { exampleScenarios } from '../../tests/fakes/example-scenarios.ts';
import type { Experiment } from './experiment.ts';
import { compareReproduction } from './reproduction.ts';
import type { Run } from './run.ts';
import type { ScenarioOutcome } from './scenarios/scenario.ts';
import { repeatConclusion, repeatNotes } from './text/reproduction-text.ts';

const { experiment: original } = exampleExperiment(threeVersions);
const inBrowser = (onnxruntimeWebVersion: string, browser: string | null): Experiment => ({
  ...original,
  environment: { ...original.environment, web: { onnxruntimeWebVersion, browser } },
});

test('where nothing was measured, nothing came back', () => {
  const runs = original.runs.map((run) => ({ ...run, status: 'failed' as const }));
  expect(compareReproduction({ ...original, runs }, original)).toMatchObject({ verdict: 'unknown', runs: [] });
  expect(compareReproduction(original, original, { runId: original.runs[0]?.id }).verdict).toBe('inside');
});

test('what failed this time is missing, with its reason, and nothing else of it is', () => {
  const [first, ...others] = original.runs;
  const failed = { ...(first as (typeof original.runs)[number]), status: 'failed' as const, latencyMs: null };
  const error = { kind: 'engine-crashed' as const, message: 'The engine process ended.' };
  const repeat = { ...original, runs: [{ ...failed, error }, ...others] };
  const reproduction = compareReproduction(original, repeat);
  expect(reproduction.missing).toEqual([
    { runId: first?.id, model: first?.model.name, condition: '', scenario: null, message: 'The engine process ended.' },
  ]);
  expect(repeatConclusion(reproduction)).toBe('1 result is missing this time, so not every number can be judged.');
  expect(repeatNotes(reproduction)).toEqual([
    `${first?.model.name} has no result this time: The engine process ended.`,
  ]);
  expect(compareReproduction(original, original).missing).toEqual([]);
});

test('a scenario that failed this time is missing too', () => {
  const [first, ...others] = original.runs as [Run, ...Run[]];
  const [scenario] = exampleScenarios.filter(({ kind }) => kind === 'offline') as [ScenarioOutcome];
  const error = { kind: 'out-of-memory' as const, message: 'There was no memory.' };
  const before = { ...original, runs: [{ ...first, scenarios: [scenario] }, ...others] };
  const lost = { ...scenario, status: 'failed', result: null, error } as ScenarioOutcome;
  const after = { ...original, runs: [{ ...first, scenarios: [lost] }, ...others] };
  expect(compareReproduction(before, after).missing).toMatchObject([
    { scenario: 'offline', message: 'There was no memory.' },
  ]);
  expect(compareReproduction(before, before).missing).toEqual([]);
});

test('another version of the runtime in the browser, and another browser, are named', () => {
  const { changes } = compareReproduction(inBrowser('1.29.0', 'Chromium 140'), inBrowser('1.30.0', null));
  expect(changes).toEqual([
    { what: 'ONNX Runtime in the browser', before: '1.29.0', after: '1.30.0' },
    { what: 'The browser', before: 'Chromium 140', after: 'none' },
  ]);
  expect(compareReproduction(original, original).changes).toEqual([]);
});

test('another way into the runtime is named', () => {
  const warnings = [{ kind: 'no-c-interface', message: 'Whittle was built without its C interface.' }];
  const repeat = { ...original, runs: original.runs.map((run) => ({ ...run, warnings })) };
  expect(compareReproduction(original, repeat).changes).toEqual([
    { what: 'The interface', before: 'C', after: 'JavaScript' },
  ]);
});
