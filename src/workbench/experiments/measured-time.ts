import type { SampleBlock } from '#shared/run.ts';

/**
 * How much of a time budget blocks took, milliseconds: their settle runs are part of it, which no sample shows. Of blocks that nobody
 * watched only the samples are known.
 */
export function measuredTimeMs(blocks: readonly Pick<SampleBlock, 'samplesMs' | 'context'>[]): number {
  return blocks.reduce(
    (total, { samplesMs, context }) => total + (context?.wallMs ?? samplesMs.reduce((sum, value) => sum + value, 0)),
    0,
  );
}
