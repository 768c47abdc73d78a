import { describe, expect, test } from 'vitest';
import { quartilesOf, sustainedBlockSchema, thinWindow } from './sustained-window.ts';

/** 0, 1, 2 and so on, in another order. */
const windowOf = (sampleCount: number) => ({
  startedAtMs: 5,
  samplesMs: Float64Array.from({ length: sampleCount }, (_, index) => (index * 7) % sampleCount),
  context: null,
});

describe('a window', () => {
  test('of a short run keeps every sample', () => {
    const thinned = thinWindow(windowOf(8300), 20);
    expect(thinned.samplesMs).toEqual([...windowOf(8300).samplesMs]);
    expect(thinned.quartiles).toBeNull();
  });

  test.each([
    ['an hour', 3600, 55],
    ['a day', 86_400, 2],
    ['longer than can be planned', 1_000_000, 2],
  ])('of a run of %s keeps some, and the quartiles of all', (_, windowCount, kept) => {
    const whole = windowOf(8300);
    const thinned = thinWindow(whole, windowCount);
    expect(thinned.samplesMs).toHaveLength(kept);
    expect(thinned.samplesMs.every((sample) => whole.samplesMs.includes(sample))).toBe(true);
    const exact = { sampleCount: 8300, medianMs: 4149.5, lowerMs: 2074.75, upperMs: 6224.25 };
    expect(quartilesOf(thinned)).toEqual(exact);
    expect(quartilesOf({ ...whole, quartiles: null })).toEqual(exact);
  });

  test('that was thinned is never thinned again', () => {
    const once = thinWindow(windowOf(8300), 3600);
    expect(thinWindow(once, 86_400)).toEqual(once);
  });

  test('of a file from before there were quartiles has none', () => {
    const { startedAtMs, context } = windowOf(3);
    expect(sustainedBlockSchema.parse({ startedAtMs, context, samplesMs: [1, 2, 3] }).quartiles).toBeNull();
  });
});
