import { describe, expect, test } from 'vitest';
import { exampleContent, exampleHash, threeVersions } from '../../../tests/fakes/example-content.ts';
import { deriveResults } from '../answer/derive-results.ts';
import { isMeasured } from '../answer/result-row.ts';
import type { Quality } from '../quality.ts';
import { tradeOffOf } from './trade-off.ts';

/** Three versions of which only what `change` makes of their quality is known. */
function tradeOff(change: (quality: Quality[]) => Quality[]) {
  const { experiments, quality, blocksByRunId } = exampleContent(threeVersions);
  const [experiment] = experiments;
  if (!experiment) throw new Error('The example has an experiment.');
  const known = change(quality.map((item) => ({ ...item, metrics: {} })));
  const results = deriveResults(experiment, { quality: known, blocksByRunId });
  return tradeOffOf(results, results.rows.filter(isMeasured));
}

describe('what latency is held against', () => {
  test('an agreement has the interval of a share', () => {
    const { measure, points } = tradeOff((quality) => quality);
    expect(measure).toBe('agreement');
    const [low = 0, high = 0] = points[1]?.interval ?? [];
    expect(low).toBeCloseTo(98.906, 2);
    expect(high).toBeCloseTo(99.276, 2);
    expect(points[0]?.interval).toBeNull();
  });

  test('files that were held against different originals do not share an axis', () => {
    const { referenceId, points } = tradeOff((quality) =>
      quality.map((item, index) => (index === 2 ? { ...item, referenceId: exampleHash(7) } : item)),
    );
    expect(referenceId).toBe(exampleHash(0));
    expect(points.map(({ row }) => row.number)).toEqual([1, 2]);
  });

  test('files of one size, of which nothing else is known, leave nothing to choose', () => {
    const { experiments, blocksByRunId } = exampleContent([
      { name: 'a', medianMs: 2 },
      { name: 'b', medianMs: 1 },
    ]);
    const [experiment] = experiments;
    if (!experiment) throw new Error('The example has an experiment.');
    const results = deriveResults(experiment, { quality: [], blocksByRunId });
    expect(tradeOffOf(results, results.rows.filter(isMeasured)).points).toEqual([]);
  });
});
