import { describe, expect, test } from 'vitest';
import { exampleContent, exampleDevice, exampleHash, threeVersions } from '../../../../tests/fakes/example-content.ts';
import { deriveResults, type ExperimentResults } from '#shared/answer/derive-results.ts';
import type { ResultRow } from '#shared/answer/result-row.ts';
import type { Model } from '#shared/model.ts';
import { findMissingQuality } from './missing-quality.ts';
import { missingPercentileText, reasonsText, speedupOf, verdictEvidence, verdictWord } from './run-text.ts';

function resultsOf(options: { rounds?: number; withoutQuality?: boolean } = {}): {
  results: ExperimentResults;
  models: Model[];
} {
  const { experiments, quality, blocksByRunId, variants } = exampleContent(threeVersions, {
    rounds: options.rounds ?? 10,
  });
  const [experiment] = experiments;
  if (!experiment) throw new Error('The example has an experiment.');
  const model: Model = {
    id: exampleHash(0),
    name: 'net',
    importedAtMs: 1,
    sourcePath: null,
    isSample: false,
    datasetId: 'fashion-mnist',
    variants,
  };
  const known = options.withoutQuality ? [] : quality;
  return { results: deriveResults(experiment, { quality: known, blocksByRunId }), models: [model] };
}

describe('a percentile', () => {
  const { rows } = resultsOf({ rounds: 5 }).results;
  const latencyMs = (rows[0] as ResultRow).run.latencyMs;
  if (latencyMs === null) throw new Error('The example was measured.');

  test('that the samples support is not excused', () => {
    expect(missingPercentileText(latencyMs, 'p90', 100)).toBeNull();
  });

  test('that they do not support says how many it takes', () => {
    expect(latencyMs.p99).toBeNull();
    expect(missingPercentileText(latencyMs, 'p99', 100)).toBe(
      '100 samples cannot support p99: it takes 662. Measure longer.',
    );
  });
});

describe('the comparison of a run', () => {
  const [baseline, faster] = resultsOf().results.rows as [ResultRow, ResultRow];

  test('is said in words, with its interval', () => {
    expect(verdictWord(baseline)).toBe('baseline');
    expect(verdictWord(faster)).toBe('2.00× faster');
    expect(verdictEvidence(faster, true)).toMatch(/^\d\.\d\d–\d\.\d\d×, against #1$/);
    expect([speedupOf(baseline), Math.round(speedupOf(faster) ?? 0)]).toEqual([1, 2]);
  });

  test('without an interval says how little there is', () => {
    const row = resultsOf({ rounds: 2 }).results.rows[1] as ResultRow;
    expect(verdictEvidence(row, false)).toBe('only 2 paired rounds');
  });
});

describe('the quality that is missing', () => {
  const here = exampleDevice.fingerprint;

  test('is none where all was evaluated', () => {
    const { results, models } = resultsOf();
    expect(findMissingQuality(results, { models, deviceFingerprint: here })).toBeNull();
  });

  test('is asked for by provider, each file once', () => {
    const { results, models } = resultsOf({ withoutQuality: true });
    expect(findMissingQuality(results, { models, deviceFingerprint: here })).toEqual({
      requests: [{ provider: 'node:cpu', variantIds: [exampleHash(0), exampleHash(1), exampleHash(2)] }],
      fileCount: 3,
      hasLabels: true,
      modelId: exampleHash(0),
    });
  });

  test('is fidelity of the variants where there are no labels', () => {
    const { results, models } = resultsOf({ withoutQuality: true });
    const untied = models.map((model) => ({ ...model, datasetId: null }));
    expect(findMissingQuality(results, { models: untied, deviceFingerprint: here })).toMatchObject({
      fileCount: 2,
      hasLabels: false,
      modelId: exampleHash(0),
    });
  });

  test('cannot be found out on another machine, or of files that the library no longer holds', () => {
    const { results, models } = resultsOf({ withoutQuality: true });
    expect(findMissingQuality(results, { models, deviceFingerprint: 'another' })).toBeNull();
    expect(findMissingQuality(results, { models: [], deviceFingerprint: here })).toBeNull();
  });
});

test.each([
  [['drift'], 'drift'],
  [['drift', 'other-load'], 'drift, other load'],
  [['drift', 'other-load', 'outliers'], 'drift and 2 more'],
] as const)('reasons %j are said on one line', (kinds, text) => {
  expect(reasonsText(kinds.map((kind) => ({ kind })))).toBe(text);
});
