import { expect, test } from 'vitest';
import type { BlockContext } from '#shared/block-context.ts';
import { measuredTimeMs } from './measured-time.ts';

test('settle runs count, and blocks without a context by their samples', () => {
  const watched = { samplesMs: [100], context: { wallMs: 205 } as BlockContext };
  expect(measuredTimeMs([watched, watched, { samplesMs: [40, 60], context: null }, { samplesMs: [5] }])).toBe(515);
  expect(measuredTimeMs([])).toBe(0);
});
