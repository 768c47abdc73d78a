import { expect, test } from 'vitest';
import { exampleExperiment, threeVersions } from '../../tests/fakes/example-content.ts';
import type { Experiment } from './experiment.ts';
import { compareReproduction } from './reproduction.ts';

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
